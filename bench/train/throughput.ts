// Steps a second of many small candidates: one process a core with one thread each, against one process of Keras as it comes and
// PyTorch at its best of layouts and numbers of processes.
import { cpus } from 'node:os'
import { median } from '../harness'
import type { Rates } from './figures'
import type { BenchNetwork } from './networks'
import { round, type Rounds } from './rounds'
import { KERAS_DEFAULTS, OURS_ONE_THREAD, PYTORCH, PYTORCH_ONE_THREAD, type Side } from './sides'

export interface Throughput {
  readonly network: string
  /** Steps a second in each turn; a problem's text where there are none. */
  readonly turns: Readonly<Record<string, readonly (number | string)[]>>
  readonly rates: Rates
}

interface Contender {
  readonly side: Side
  readonly processes: number
}

/** @param skipped sides that failed or did not end on this network before */
export async function throughput(
  rounds: Rounds,
  network: BenchNetwork,
  turns: number,
  skipped: ReadonlySet<string>,
): Promise<Throughput> {
  const cores = cpus().length
  const contenders: Contender[] = [
    { side: OURS_ONE_THREAD, processes: cores },
    { side: KERAS_DEFAULTS, processes: 1 },
    ...PYTORCH_ONE_THREAD.map((side) => ({ side, processes: cores })),
    ...PYTORCH.filter(({ threads }) => threads > 1).map((side) => ({ side, processes: 1 })),
  ].filter(({ side }) => !skipped.has(side.name))
  const measured = new Map<Contender, (number | string)[]>(contenders.map((contender) => [contender, []]))
  for (let turn = 0; turn < turns; turn++)
    for (const [contender, figures] of measured)
      if (typeof figures[0] !== 'string') figures.push(await rateOf(rounds, network, contender, turn))
  const rateFor = (isWanted: (side: Side) => boolean): number | null => {
    const rates = [...measured].flatMap(([{ side }, figures]) => {
      const numbers = figures.filter((figure): figure is number => typeof figure === 'number')
      return isWanted(side) ? numbers : []
    })
    return rates.length === 0 ? null : Math.max(...rates)
  }
  return {
    network: network.name,
    turns: Object.fromEntries([...measured].map(([one, figures]) => [titleOf(one), figures])),
    rates: {
      ours: rateFor((side) => side === OURS_ONE_THREAD),
      keras: rateFor((side) => side === KERAS_DEFAULTS),
      pytorch: rateFor(({ program }) => program === 'pytorch'),
    },
  }
}

const titleOf = ({ side, processes }: Contender): string =>
  `${side.name}, ${processes} ${processes === 1 ? 'process' : 'processes'}`

async function rateOf(
  rounds: Rounds,
  network: BenchNetwork,
  contender: Contender,
  turn: number,
): Promise<number | string> {
  const { side, processes } = contender
  const outcomes = await Promise.all(
    Array.from({ length: processes }, (_, i) =>
      rounds.once(
        network,
        side,
        `rate ${network.name} ${titleOf(contender)} ${turn + 1} ${i + 1}`.replace(/[^A-Za-z0-9]+/g, '-'),
      ),
    ),
  )
  let rate = 0
  for (const outcome of outcomes) {
    if ('problem' in outcome) return outcome.problem
    // The middle step, because while the first and last ones run, another process may still load or have ended.
    rate += 1000 / median(outcome.times)
  }
  return round(rate)
}
