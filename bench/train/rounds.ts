// Measures many sides of many networks in turns, so that what else the machine does falls on all of them. Says each figure as it
// comes, and keeps it where the caller wants to go on after a run that was cut off.
import { keptFigures } from '../accuracy/kept'
import { median, type BenchOptions } from '../harness'
import { CLASSES, type BenchNetwork } from './networks'
import type { Environment } from './peers'
import { measureSide, usedOneDnn, type Side } from './sides'
import type { StepTimes } from './steps'

export interface Length {
  readonly warmUp: number
  readonly seconds: number
  /** Of one epoch; rounded up to whole batches. */
  readonly images: number
}

/** One side of one network over all turns. */
export interface SideTimes extends StepTimes {
  readonly usedOneDnn: boolean
}
export type Measurement = SideTimes | { readonly problem: string }

export const round = (value: number): number => Math.round(value * 100) / 100

export class Rounds {
  private readonly kept

  constructor(
    private readonly length: Length,
    private readonly extra: Environment,
    private readonly options: BenchOptions,
    keepFolder: string | null,
  ) {
    this.kept = keptFigures<Measurement>(keepFolder)
  }

  /** A side that failed once, or did not end, is not asked again. */
  async run(network: BenchNetwork, sides: readonly Side[], turns: number): Promise<ReadonlyMap<Side, Measurement>> {
    const measured = new Map<Side, Measurement>()
    for (let turn = 0; turn < turns; turn++)
      // There and back, so that a machine that grows warm favours no side.
      for (const side of turn % 2 === 0 ? sides : [...sides].reverse()) {
        const before = measured.get(side)
        if (before && 'problem' in before) continue
        const name = `${network.name} ${side.name} ${turn + 1}`.replace(/[^A-Za-z0-9]+/g, '-')
        measured.set(side, joined(before, await this.once(network, side, name)))
      }
    return measured
  }

  /** @param name of the file that keeps it */
  async once(network: BenchNetwork, side: Side, name: string): Promise<Measurement> {
    const { batch, graph } = network
    const images = Math.ceil(this.length.images / batch) * batch
    const job = { ...this.length, graph, batch, images, classes: CLASSES }
    const { environmentFor, ...rest } = side
    const environment = environmentFor(network)
    const decisive = [job, { ...rest, environment }]
    const known = await this.kept.find(name, decisive)
    if (known) return known
    const outcome = await measureSide(side, job, { ...environment, ...this.extra })
    const measurement: Measurement =
      'problem' in outcome ? outcome : { ...outcome.times, usedOneDnn: usedOneDnn(outcome.stderr) }
    this.options.note(`${network.name}, ${side.name}: ${told(measurement)}`)
    await this.kept.keep(name, decisive, measurement)
    return measurement
  }
}

function joined(before: Measurement | undefined, now: Measurement): Measurement {
  if (before === undefined || 'problem' in before || 'problem' in now) return now
  const both = (key: 'times' | 'epochs' | 'losses'): number[] => [...before[key], ...now[key]]
  return { ...now, times: both('times'), epochs: both('epochs'), losses: both('losses') }
}

const told = (measurement: Measurement): string =>
  'problem' in measurement
    ? measurement.problem
    : `best ${round(Math.min(...measurement.times))} ms, median ${round(median(measurement.times))} ms of ${measurement.times.length} steps`
