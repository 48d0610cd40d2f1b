// Commands over checkpoints of preset `in-context`, training among them: in this process, as those of preset `workbench`. What is trained
// is shared/surrogate/in-context's, the folder node/small-checkpoints.ts's.
import { resolve } from 'node:path'
import { inContextCard } from '@shared/surrogate/in-context/card'
import { IN_CONTEXT_FORMAT } from '@shared/surrogate/in-context/checkpoint'
import { figuresOf } from '@shared/surrogate/in-context/report'
import { STEPS, inventedTerrains, trainLearner } from '@shared/surrogate/in-context/training'
import { readInContextCheckpoint, shippedInContext, writeInContextCheckpoint } from '@node/small-checkpoints'
import { absolutePlace } from '@node/safe-target'
import { resourcesFolder } from './application'
import { bar, duration, percent } from './format'
import type { Output } from './output'
import { whole } from './whole-option'

/** Options of `proposer train` that this preset has, as typed. */
export interface InContextOptions {
  readonly out: string
  readonly seed?: string
  readonly steps?: string
  readonly name?: string
}

export async function trainInContext(output: Output, options: InContextOptions): Promise<void> {
  const seed = whole('seed', options.seed, 1, 0)
  const steps = whole('steps', options.steps, STEPS, 1)
  const name = options.name ?? 'in-context-1'
  const out = absolutePlace(options.out, 'folder')
  const start = process.cpuUsage()
  const terrains = inventedTerrains(seed)
  output.note(`${terrains.length} invented spaces; ${steps} steps.`)
  const { learner } = trainLearner(terrains, { seed, steps }, ({ step, loss, relativeError }) => {
    output.live([
      `${bar(step / steps)} ${percent(step / steps)}  loss ${loss.toFixed(3)}  relative error ${relativeError.toFixed(3)}`,
    ])
  })
  const { user, system } = process.cpuUsage(start)
  const seconds = Math.round((user + system) / 1e6)
  const metrics = figuresOf(learner, terrains, seed)
  const command = `gpt-nas proposer train --preset in-context --out ${options.out} --name ${name} --seed ${seed} --steps ${steps}`
  const file = {
    format: IN_CONTEXT_FORMAT,
    preset: 'in-context',
    name,
    model: learner.shape,
    training: { seed, steps, command, seconds },
    metrics,
  } as const
  const folder = await writeInContextCheckpoint(out, file, learner.parameters.write(), inContextCard(file))
  output.result(
    { folder, seconds, metrics },
    `${folder} is trained, in ${duration(seconds)} of one core.\n${Object.entries(metrics)
      .map(([figure, value]) => `${figure}: ${value.toFixed(4)}`)
      .join('\n')}`,
  )
}

export function reportInContext(output: Output, { checkpoint }: { readonly checkpoint?: string }): void {
  const { file, card } = readInContextCheckpoint(
    checkpoint === undefined ? shippedInContext(resourcesFolder()) : resolve(checkpoint),
  )
  output.result({ ...file, card }, card)
}
