// What the doctor says of the runtime in use: what TensorFlow sees of the cards, and what its self-check gave up.
import type { ComputeInfo } from '@shared/contract/compute'
import type { Diagnosis } from '@shared/contract/runtime'
import { typed } from '@node/command-line'
import type { CardFacts } from '../machine/card-facts'
import type { TensorFlowFacts } from './card-diagnoses'
import { finding, ok } from './diagnosis'
import type { Services } from './services'

/** @param info of a compute; undefined where none could be asked */
export async function tensorflowFacts(
  { runtimes, devices }: Services,
  info: ComputeInfo | undefined,
): Promise<TensorFlowFacts> {
  const [active, view] = await Promise.all([runtimes.active(), runtimes.view()])
  const check = await devices.store.check(devices.machine.fingerprint)
  const device = info === undefined ? null : /gpu/i.test(info.device) ? 'gpu' : 'cpu'
  return {
    cuda: runtimes.build(active.id).cuda,
    hasCardBuild: view.runtimes.some(({ isForCards, state }) => isForCards && state === 'installed'),
    note: active.note,
    device,
    log: check?.log ?? '',
    // Words of TensorFlow say more than that it sees none.
    fallback: check !== null && check.log !== '' && device !== 'gpu' ? '' : devices.machine.givenUp,
  }
}

/** What nvidia-smi sees, in a line for each card. */
export function smiText({ smi, cards }: CardFacts): string[] {
  if (cards.length > 0)
    return cards.map(({ index, name, driver, capability }) =>
      [
        `${index}: ${name}`,
        ...(driver === null ? [] : [`driver ${driver}`]),
        ...(capability === null ? [] : [`capability ${capability.toFixed(1)}`]),
      ].join(', '),
    )
  const ends = {
    absent: 'nvidia-smi is not installed',
    silent: 'nvidia-smi does not answer',
    failed: smi.text,
    answered: 'no card',
  }
  return [ends[smi.end] || 'nvidia-smi fails without a word']
}

/** What TensorFlow sees, likewise. */
export function tensorflowText({ cuda, device }: TensorFlowFacts): string[] {
  const build = cuda === null ? 'build for processors' : `build for cards, CUDA ${cuda.cuda}`
  const sees = { gpu: 'uses a graphics card', cpu: 'uses the processor', none: 'was not asked' }[device ?? 'none']
  return [`${build}; ${sees}`]
}

/** The latest self-check of the runtime in use, where there was one. */
export async function ladderCheck({ devices }: Services): Promise<Diagnosis[]> {
  const check = await devices.store.check(devices.machine.fingerprint)
  if (check === null) return []
  const title = 'Self-check of the runtime'
  const where = check.device === 'gpu' ? 'a graphics card' : 'the processor'
  const speed =
    check.imagesPerSecond === null ? '' : `, ${Math.round(check.imagesPerSecond)} images/s on a small network`
  const found = check.ok ? `it trains on ${where}${speed} (${check.at.slice(0, 10)})` : 'it cannot be used here'
  if (check.fallbacks.length === 0) return [ok('runtime-check', title, found)]
  return [
    finding('runtime-check', {
      title,
      status: check.ok ? 'warning' : 'error',
      found: [found, ...check.fallbacks].join('. ').replace(/\.\. /g, '. '),
      fix: `After a change of driver, card or runtime: ${typed('runtime check')}.`,
    }),
  ]
}
