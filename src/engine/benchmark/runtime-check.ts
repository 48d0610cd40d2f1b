// The self-check of a runtime before it is used: it loads, finds devices, its kernels are right, and it trains; each in processes that may
// die of it. What fails is given up step by step: the card for the processor, fast kernels for cautious ones. The kernels and their
// bounds are the compute side's (compute/tensorflow/self-check).
import type { RuntimeCheck, RuntimeCheckStep } from '@shared/contract/runtime-check'
import type { SelfCheck } from '@shared/contract/compute'
import { errorData } from '@shared/errors'
import { CAUTIOUS_SELF_CHECK, environmentFor } from '@shared/runtime/compute-environment'
import { refuseCancelled } from '@node/cancel'
import { askInOwnProcess } from '../executors/question'
import type { ProcessStarter } from '../executors/process-starter'
import { isLate } from '../executors/time-limits'
import { ON_PROCESSOR } from '../executors/checked-environment'
import { measureTogether } from './measure-together'
import { BENCHMARK_NETWORKS, createWorkload } from './workload'

/** Seconds that the small network trains: some hundred steps, enough to see that it trains and about how fast. */
const SECONDS = 2
/** Of what TensorFlow writes; it repeats itself for every library. */
const KEPT_LOG = 4000

export interface RuntimeCheckOptions {
  /** Starts processes that load the runtime in question. */
  readonly start: ProcessStarter
  readonly key: string
  /** The environment that shows the first card; null where the machine has none or the build is for processors. */
  readonly card: Readonly<Record<string, string>> | null
  /** Whether the build was made for cards: it then says why it uses none. */
  readonly isForCards: boolean
  readonly signal: AbortSignal
  readonly onStep?: (step: RuntimeCheckStep) => void
  /** Shorter in tests. */
  readonly seconds?: number
  readonly limitMs?: number
}

type On = RuntimeCheckStep['on']

const NAMES: Readonly<Record<On, string>> = {
  gpu: 'the graphics card',
  cpu: "the processor with TensorFlow's fast kernels (oneDNN)",
  'cpu-cautious': 'the processor with cautious kernels',
}
const DOING: Readonly<Record<RuntimeCheckStep['step'], string>> = {
  load: 'TensorFlow was loaded',
  devices: 'devices were looked for',
  kernels: 'kernels were compared with float64',
  training: 'a small network was trained and its speed measured',
}

/** Why a rung of the ladder does not hold: in which step, and the reason. */
class Fall extends Error {
  constructor(
    readonly step: RuntimeCheckStep['step'],
    readonly reason: string,
    /** It did not answer in time, which says nothing of what it can do. */
    readonly isLate = false,
  ) {
    super(reason)
  }
}

interface Rung {
  readonly selfCheck: SelfCheck
  readonly device: 'gpu' | 'cpu'
  readonly tensorflow: string
  readonly imagesPerSecond: number
}

/** Whatever the runtime does is an answer. @throws AppError `cancelled` alone */
export async function checkRuntime(options: RuntimeCheckOptions): Promise<RuntimeCheck> {
  const { key, card, signal } = options
  const rungs: On[] = [...(card === null ? [] : (['gpu'] as const)), 'cpu', 'cpu-cautious']
  const steps: RuntimeCheckStep[] = []
  const fallbacks: string[] = []
  let isCardLate = false
  let log = ''
  const said = (text: string): void => void (log = text.slice(-KEPT_LOG))
  for (const [index, on] of rungs.entries()) {
    refuseCancelled(signal)
    try {
      const { selfCheck, device, tensorflow, imagesPerSecond } = await tryRung(on, options, steps, said)
      const { oneDnn, halfPrecision = [], notices } = selfCheck
      if (on === 'gpu' && halfPrecision.length < 2) fallbacks.push(halfText(halfPrecision))
      return {
        ...{ key, at: new Date().toISOString(), ok: true, tensorflow, device, oneDnn, isCardLate },
        ...{ halfPrecision: [...halfPrecision], imagesPerSecond, steps, fallbacks: [...fallbacks, ...notices], log },
      }
    } catch (thrown) {
      if (signal.aborted || !(thrown instanceof Fall)) throw thrown
      if (on === 'gpu') isCardLate = thrown.isLate
      const next = rungs[index + 1]
      const to = next === undefined ? 'Nothing is left: it cannot be used here' : `Instead: ${NAMES[next]}`
      fallbacks.push(`${capital(NAMES[on])} is not used: ${thrown.reason} while ${DOING[thrown.step]}. ${to}.`)
    }
  }
  return {
    ...{ key, at: new Date().toISOString(), ok: false, tensorflow: null, device: null, oneDnn: false, isCardLate },
    ...{ halfPrecision: [], imagesPerSecond: null, steps, fallbacks, log },
  }
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

const halfText = (proved: readonly string[]): string =>
  proved.length === 0
    ? 'Mixed precision is not used: neither float16 nor bfloat16 was right on this card. Instead: float32.'
    : `Of the mixed precisions only ${proved.join(' and ')} was right on this card.`

async function tryRung(
  on: On,
  { start, card, isForCards, signal, onStep, seconds = SECONDS, limitMs }: RuntimeCheckOptions,
  steps: RuntimeCheckStep[],
  said: (log: string) => void,
): Promise<Rung> {
  const device = on === 'gpu' && card !== null ? card : ON_PROCESSOR.env
  const candidate: SelfCheck = on === 'cpu-cautious' ? CAUTIOUS_SELF_CHECK : { ...CAUTIOUS_SELF_CHECK, oneDnn: true }
  const asking = { signal, ...(limitMs !== undefined && { limitMs }) }
  const environment = (selfCheck: SelfCheck): Record<string, string> => ({ ...environmentFor(selfCheck, 1), ...device })
  const step = async <T>(
    name: RuntimeCheckStep['step'],
    work: () => Promise<T>,
    words: (result: T) => string,
  ): Promise<T> => {
    refuseCancelled(signal)
    const tell = (ok: boolean, found: string): void => {
      const told = { step: name, on, ok, found }
      steps.push(told)
      onStep?.(told)
    }
    try {
      const result = await work()
      tell(true, words(result))
      return result
    } catch (thrown) {
      if (signal.aborted) throw thrown
      const reason =
        thrown instanceof Fall ? thrown.reason : errorData(thrown).message.replace(/( while it was measured)?\.$/, '')
      tell(false, reason)
      throw new Fall(name, reason, isLate(thrown))
    }
  }
  // A build for cards is also shown the card where the processor is tried, to hear why it uses none.
  const loud = { ...environment(CAUTIOUS_SELF_CHECK), TF_CPP_MIN_LOG_LEVEL: '0' }
  let log = ''
  const looked = await step(
    'load',
    () => askInOwnProcess(start, loud, (client) => client.look(), { ...asking, heard: (errors) => (log = errors) }),
    ({ tensorflow }) => `TensorFlow ${tensorflow}`,
  )
  if (on === 'gpu' || !isForCards || card === null) said(log)
  await step(
    'devices',
    () => {
      if (on === 'gpu' && looked.device !== 'gpu') throw new Fall('devices', `TensorFlow sees no card${reasonIn(log)}`)
      return Promise.resolve(looked.device)
    },
    (found) => (found === 'gpu' ? 'a graphics card' : isForCards ? 'no graphics card; the processor' : 'the processor'),
  )
  const selfCheck = await step(
    'kernels',
    async () => {
      const found = await askInOwnProcess(start, environment(candidate), (client) => client.run(), asking)
      if (on === 'cpu' && !found.oneDnn)
        throw new Fall('kernels', found.notices[0]?.replace(/\.$/, '') ?? 'some kernels were wrong')
      return found
    },
    ({ oneDnn, halfPrecision }) =>
      [`right, oneDNN ${oneDnn ? 'on' : 'off'}`, ...(halfPrecision ?? []).map((name) => `${name} right`)].join(', '),
  )
  const workload = await createWorkload()
  try {
    const [rate] = await step(
      'training',
      () =>
        measureTogether({
          ...{ start, workload, environments: [environment(selfCheck)], signal, seconds },
          networks: BENCHMARK_NETWORKS.slice(0, 1),
        }),
      ([measured]) => `${Math.round(measured?.imagesPerSecond ?? 0)} images/s on a small network, one thread`,
    )
    return {
      selfCheck,
      device: looked.device,
      tensorflow: looked.tensorflow,
      imagesPerSecond: rate?.imagesPerSecond ?? 0,
    }
  } finally {
    await workload.close()
  }
}

/** The line of TensorFlow's that says why, if there is one. */
function reasonIn(log: string): string {
  const line = log
    .split('\n')
    .filter((text) => /cuInit|dlopen|CUDA_ERROR|could not load|no CUDA-capable/i.test(text))
    .at(-1)
  return line === undefined
    ? ''
    : `: ${line
        .replace(/^.*?\]\s*/, '')
        .trim()
        .slice(0, 200)
        .replace(/\.$/, '')}`
}
