// gpt-nas proposer score and compare: what a checkpoint of preset `workbench` says of architectures, and checkpoints of one preset side
// by side.
import { typed } from '@node/command-line'
import { resolve } from 'node:path'
import { AppError } from '@shared/errors'
import { membersOf } from '@shared/proposer/checkpoint'
import { scoreMembers } from '@shared/proposer/scores'
import { createRandom } from '@shared/random'
import type { Genotype, Space } from '@shared/spaces/space'
import { quoted } from '@shared/quoted'
import {
  readChainsCheckpoint,
  readInContextCheckpoint,
  readWorkbenchCheckpoint,
  shippedWorkbench,
} from '@node/small-checkpoints'
import { resourcesFolder } from './application'
import { percent, table } from './format'
import type { Output } from './output'
import { openNamedSpace } from './spaces'
import { whole } from './whole-option'

/**
 * A member by the words at its positions, as `proposer sample` writes them.
 * @throws AppError `invalid-input` where their number is another, or one cannot stand where it is
 */
export function memberOf(space: Space, text: string, seed: number): Genotype {
  const words = text.trim().split(/\s+/)
  let member = space.random(createRandom(seed))
  const count = space.positions(member)
  if (words.length !== count)
    throw new AppError(
      'invalid-input',
      `${quoted(text)} has ${words.length} words; an architecture of ${space.name} has ${count}.`,
      `Write the choice at each position, as "${typed('proposer sample')}" does.`,
    )
  words.forEach((word, position) => {
    const next = space.nameAt(member, position) === word ? member : space.replaceAt(member, position, word)
    if (next === undefined)
      throw new AppError(
        'invalid-input',
        `${quoted(word)} cannot stand at position ${position + 1} of ${space.name}.`,
        `Choices are ${space.names().slice(0, 12).join(', ')}${space.names().length > 12 ? ', ...' : ''}.`,
      )
    member = next
  })
  return member
}

export interface ScoreOptions {
  readonly checkpoint?: string
  readonly space: string
  readonly seed: string
}

/** @param texts architectures as words at their positions */
export function scoreArchitectures(output: Output, texts: readonly string[], options: ScoreOptions): void {
  const seed = whole('seed', options.seed, 1, 0)
  const space = openNamedSpace(options.space)
  const { file, weights } = readWorkbenchCheckpoint(
    options.checkpoint === undefined ? shippedWorkbench(resourcesFolder()) : resolve(options.checkpoint),
  )
  const members = texts.map((text) => memberOf(space, text, seed))
  const scores = scoreMembers(membersOf(file, weights), space, members, createRandom(seed).fork('score'))
  const rows = scores.map(({ ranks, bits }, i) => [
    texts[i] ?? '',
    percent(ranks.quality),
    percent(ranks.capacity),
    percent(ranks.depth),
    bits.toFixed(1),
  ])
  output.result(
    scores.map((score, i) => ({ architecture: texts[i] ?? '', ...score })),
    `${table(['Architecture', '>Quality', '>Capacity', '>Depth', '>Bits'], rows)}\n\nShares of 300 random members of ${space.name} that are below it; bits to write it.`,
  )
}

function metricsOf(preset: string, folder: string): Readonly<Record<string, number>> {
  if (preset === 'chains') return readChainsCheckpoint(folder).file.metrics
  return preset === 'in-context'
    ? readInContextCheckpoint(folder).file.metrics
    : readWorkbenchCheckpoint(folder).file.metrics
}

/** Everything that was measured of each, a column a checkpoint. */
export function compareCheckpoints(output: Output, folders: readonly string[], preset: string): void {
  const measured = folders.map((folder) => ({ folder, metrics: metricsOf(preset, resolve(folder)) }))
  const names = [...new Set(measured.flatMap(({ metrics }) => Object.keys(metrics)))]
  const cell = (value: number | undefined): string => (value === undefined ? '' : value.toFixed(4))
  output.result(
    measured,
    table(
      ['Measured', ...folders.map((folder) => `>${folder}`)],
      names.map((name) => [name, ...measured.map(({ metrics }) => cell(metrics[name]))]),
    ),
  )
}
