// gpt-nas space: how many architectures a space has, random ones, all of them, what it consists of; and the import of
// NAS-Bench-101's official records.
import { join } from 'node:path'
import { InvalidArgumentError, type Command } from 'commander'
import { hashText } from '@shared/architecture/canonical/hash128'
import { FILE_EXTENSION, documentText } from '@shared/architecture/document'
import { AppError } from '@shared/errors'
import { createRandom } from '@shared/random'
import { folderToAddTo, safeFile } from '@node/safe-target'
import { writeFileWhole } from '@node/whole-file'
import { runLocally, withJsonOption } from '../command'
import { writeLines } from '../line-stream'
import type { Output } from '../output'
import type { Space } from '@shared/spaces/space'
import { typed } from '@node/command-line'
import { SPACE_HELP, openNamedSpace } from '../spaces'
import { importCommand } from './space-import'

interface JsonOption {
  readonly json?: boolean
}

interface SampleOptions extends JsonOption {
  readonly count: number
  readonly seed: number
  readonly out?: string
}

const wholeNumber =
  (min: number) =>
  (text: string): number => {
    const value = Number(text)
    if (!Number.isInteger(value) || value < min)
      throw new InvalidArgumentError(`It must be a whole number from ${min} on.`)
    return value
  }

/** 423,624 as it is; beyond what doubles hold exactly, three digits and a power of ten. */
const sizeText = (count: number): string =>
  Number.isSafeInteger(count) ? count.toLocaleString('en') : count.toExponential(2)

function countText(count: number, exact: boolean, noun: string, classes: number | null): string {
  const text = `${exact ? '' : 'at most '}${sizeText(count)} ${noun}`
  return classes === null ? text : `${text} in ${classes.toLocaleString('en')} classes`
}

interface Count {
  readonly count: number
  readonly exact: boolean
  readonly classes: number | null
  readonly text: string
}

function countOf(space: Space): Count {
  const { noun, classes = null } = space.describe?.() ?? { noun: 'architectures' }
  const { count, exact } = space.size()
  return { count, exact, classes, text: countText(count, exact, noun, classes) }
}

function show(space: Space, output: Output): void {
  const parts = space.describe?.().parts ?? {}
  const { text, ...size } = countOf(space)
  const lines = Object.entries(parts).flatMap(([name, value]) => {
    if (value === null) return []
    if (!Array.isArray(value)) return `${name}: ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`
    return `${name}:\n${value.map((item) => `  ${String(item)}`).join('\n')}`
  })
  output.result({ name: space.name, ...size, ...parts }, [`${space.name}: ${text}`, ...lines].join('\n'))
}

function* listed(space: Space, isJson: boolean): Generator<string> {
  if (space.all === undefined)
    throw new AppError(
      'invalid-input',
      `Space ${space.name} has up to ${sizeText(space.size().count)} architectures, too many to list.`,
      `Draw some with "${typed('space sample')}".`,
    )
  for (const genotype of space.all()) {
    const hash = hashText(space.canonicalKey(genotype))
    const tokens = space.codec?.encode(genotype) ?? []
    yield isJson ? JSON.stringify({ hash, tokens, genotype }) : `${hash} ${tokens.join(' ')}`
  }
}

async function sample(space: Space, { count, seed, out }: SampleOptions, output: Output): Promise<void> {
  const random = createRandom(seed)
  const genotypes = Array.from({ length: count }, () => space.random(random))
  const nameOf = (index: number): string => `${space.name}-${seed}-${index + 1}`
  const fileOf = (index: number): string | null =>
    out === undefined ? null : join(out, `${nameOf(index)}${FILE_EXTENSION}`)
  if (out !== undefined) {
    await folderToAddTo(out)
    const texts = genotypes.map((genotype, index) => documentText(space.toDocument(genotype, nameOf(index))))
    // All are looked at before the first is written.
    const files = []
    for (const [index, text] of texts.entries()) files.push({ file: await safeFile(fileOf(index)!, text), text })
    for (const { file, text } of files) await writeFileWhole(file, text)
  }
  const drawn = genotypes.map((genotype, index) => ({
    hash: hashText(space.canonicalKey(genotype)),
    genotype,
    tokens: space.codec?.encode(genotype) ?? [],
    file: fileOf(index),
  }))
  output.result(drawn, drawn.map(({ genotype, file }) => file ?? JSON.stringify(genotype)).join('\n'))
}

export function spaceCommand(program: Command): void {
  const group = program.command('space').description(`search spaces: ${SPACE_HELP}`)
  withJsonOption(group.command('count <space>').description('how many architectures it has')).action(
    (name: string, options: JsonOption) =>
      runLocally(options, (output) => {
        const space = openNamedSpace(name)
        const { text, ...size } = countOf(space)
        output.result({ name: space.name, ...size }, text)
      }),
  )
  withJsonOption(
    group
      .command('sample <space>')
      .description('random architectures of it')
      .option('--count <number>', 'how many', wholeNumber(1), 1)
      .option('--seed <number>', 'same seed, same architectures', wholeNumber(0), 1)
      .option('--out <folder>', 'write each as an architecture file into this folder'),
  ).action((name: string, options: SampleOptions) =>
    runLocally(options, (output) => sample(openNamedSpace(name), options, output)),
  )
  withJsonOption(
    group
      .command('enumerate <space>')
      .description(
        'every architecture, one a line: canonical hash and tokens of preset workbench; with --json one object a line',
      ),
  ).action((name: string, options: JsonOption) =>
    runLocally(options, async () => {
      await writeLines(process.stdout, listed(openNamedSpace(name), options.json === true))
    }),
  )
  withJsonOption(group.command('show <space>').description('what it consists of')).action(
    (name: string, options: JsonOption) => runLocally(options, (output) => show(openNamedSpace(name), output)),
  )
  importCommand(group)
}
