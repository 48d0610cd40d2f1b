// Commands over checkpoints of preset `workbench`, training among them: in this process, because the model is pure TypeScript and needs no compute. What is
// trained is shared/proposer's, the folder node/small-checkpoints.ts's.
import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import { AppError } from '@shared/errors'
import { createRandom } from '@shared/random'
import { WORKBENCH_FORMAT, membersOf } from '@shared/proposer/checkpoint'
import { workbenchCard } from '@shared/proposer/card'
import { measuredCells } from '@shared/proposer/corpus/measured-cells'
import { figuresOf } from '@shared/proposer/report'
import { sampleMember } from '@shared/proposer/members'
import { TOP_QUALITY } from '@shared/proposer/operation-tokens'
import { STEPS, trainGpt, type TrainedGpt } from '@shared/proposer/training'
import { readWorkbenchCheckpoint, shippedWorkbench, writeWorkbenchCheckpoint } from '@node/small-checkpoints'
import { absolutePlace } from '@node/safe-target'
import { resourcesFolder } from './application'
import { readText } from './files'
import { bar, duration, percent } from './format'
import type { Output } from './output'
import { openNamedSpace } from './spaces'
import { whole } from './whole-option'

/** Options of `proposer train` that this preset has, as typed. */
export interface WorkbenchOptions {
  readonly out: string
  readonly table?: string
  readonly seed?: string
  readonly steps?: string
  readonly members?: string
  readonly name?: string
  readonly shuffleLabels?: boolean
}

function tableText(named: string | undefined): string {
  const tables = process.env['GPTNAS_TABLES']
  const place = named ?? (tables === undefined ? undefined : resolve(tables, 'nas-bench-101-small-4epoch.csv'))
  if (place === undefined)
    throw new AppError(
      'invalid-input',
      'Preset workbench learns quality from a table of measured cells, and none is named.',
      'Name it with --table: NAS-Bench-101 cells with the columns hash, matrix, ops and val_acc_4ep (docs/proposer.md).',
    )
  return readText(place, 'table')
}

export async function trainWorkbench(output: Output, options: WorkbenchOptions): Promise<void> {
  const seed = whole('seed', options.seed, 1, 0)
  const steps = whole('steps', options.steps, STEPS, 1)
  const count = whole('members', options.members, 3, 1)
  const shuffleLabels = options.shuffleLabels === true
  const name = options.name ?? 'workbench-1'
  const out = absolutePlace(options.out, 'folder')
  const table = tableText(options.table)
  const cells = measuredCells(table)
  output.note(`${cells.length} measured cells; ${count} GPTs of ${steps} steps each.`)
  const start = performance.now()
  const members = Array.from({ length: count }, (_, member): TrainedGpt => {
    const trained = trainGpt(cells, { seed, member, steps, shuffleLabels }, ({ step, valueLoss, languageLoss }) => {
      const share = (member * steps + step) / (count * steps)
      output.live([
        `GPT ${member + 1} of ${count} ${bar(share)} ${percent(share)}  values ${valueLoss.toFixed(3)}  language ${languageLoss.toFixed(2)}`,
      ])
    })
    output.note(`GPT ${member + 1}: rank correlation with held-out cells ${trained.heldOutRank.toFixed(3)}`)
    return trained
  })
  const seconds = Math.round((performance.now() - start) / 1000)
  const metrics = figuresOf(members)
  const command = [
    'gpt-nas proposer train --preset workbench',
    `--out ${options.out} --name ${name} --seed ${seed} --steps ${steps} --members ${count}`,
    ...(shuffleLabels ? ['--shuffle-labels'] : []),
  ].join(' ')
  const weights = members.map(({ gpt }) => gpt.parameters.write())
  const all = new Float32Array(weights.reduce((sum, { length }) => sum + length, 0))
  weights.reduce((at, each) => {
    all.set(each, at)
    return at + each.length
  }, 0)
  const file = {
    format: WORKBENCH_FORMAT,
    preset: 'workbench',
    name,
    gpt: members[0]!.gpt.shape,
    members: count,
    training: {
      seed,
      steps,
      shuffleLabels,
      command,
      tableSha256: createHash('sha256').update(table).digest('hex'),
      seconds,
    },
    metrics,
  } as const
  const folder = await writeWorkbenchCheckpoint(out, file, all, workbenchCard(file, members))
  output.result(
    { folder, seconds, metrics },
    `${folder} is trained, in ${duration(seconds)}.\n${Object.entries(metrics)
      .map(([figure, value]) => `${figure}: ${value.toFixed(4)}`)
      .join('\n')}`,
  )
}

const opened = (checkpoint: string | undefined) =>
  readWorkbenchCheckpoint(checkpoint === undefined ? shippedWorkbench(resourcesFolder()) : resolve(checkpoint))

export function reportWorkbench(output: Output, { checkpoint }: { readonly checkpoint?: string }): void {
  const { file, card } = opened(checkpoint)
  output.result({ ...file, card }, card)
}

/** Rounds in which every place is filled again: a random member is forgotten after two or three. */
const ROUNDS = 3

export interface WorkbenchSampleOptions {
  readonly checkpoint?: string
  readonly space: string
  readonly count: string
  readonly seed: string
  readonly temperature: string
}

/** Members of a space that the first GPT writes as of the top quality. */
export function sampleWorkbench(output: Output, options: WorkbenchSampleOptions): void {
  const count = whole('count', options.count, 5, 1)
  const seed = whole('seed', options.seed, 1, 0)
  const temperature = Number(options.temperature)
  if (!(temperature > 0))
    throw new AppError('invalid-input', `--temperature: expected a number above 0, received "${options.temperature}".`)
  const space = openNamedSpace(options.space)
  const { file, weights } = opened(options.checkpoint)
  const [gpt] = membersOf(file, weights)
  if (gpt === undefined) throw new AppError('invalid-input', 'The checkpoint holds no GPT.')
  const random = createRandom(seed)
  const members = Array.from({ length: count }, (_, index) =>
    sampleMember(gpt, space, { quality: TOP_QUALITY, temperature, rounds: ROUNDS, random: random.fork(index) }),
  )
  const words = members.map((member) =>
    Array.from({ length: space.positions(member) }, (_, position) => space.nameAt(member, position)).join(' '),
  )
  output.result(members, words.join('\n'))
}
