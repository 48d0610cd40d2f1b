// gpt-nas import: a network from another program, as a design in a file, or with its values into the workspace; and what was imported.
import type { Command } from 'commander'
import { documentText } from '@shared/architecture/document'
import { problemLines } from '@shared/exchange/imported/imported-network'
import { AppError } from '@shared/errors'
import { quoted } from '@shared/quoted'
import { typed } from '@node/command-line'
import { SCALING_NAMES } from '@shared/exchange/imported/scaling'
import { NETWORK_FORMATS, readNetwork, refuseProblems } from '@node/networks/read-network'
import { absolutePlace } from '@node/safe-target'
import { runCommand, runLocally, withCommonOptions, type CommonOptions } from '../command'
import { writeNewText } from '../files'
import { table } from '../format'
import { factsText } from '../imports'
import { scalingWish, withScalingOptions, type TypedScaling } from '../scaling-options'

interface Typed extends CommonOptions, TypedScaling {
  readonly partial?: boolean
}

const identities = (lines: readonly string[]): string[] => lines.map((line) => `An identity stands for ${line}`)

/** The layers alone, into a file: no workspace is needed. */
async function asDesign(file: string, design: string, { partial, ...options }: Typed): Promise<void> {
  await runLocally(options, async (output) => {
    if (scalingWish(options) !== null)
      throw new AppError(
        'invalid-input',
        'A scaling belongs to values, and a design has none.',
        'Leave the design out to import the network with its values, or leave the scaling out.',
      )
    const { document, problems, notes, format } = await readNetwork(file)
    // Without --partial every operator must be a layer.
    if (problems.length > 0 && partial !== true) throw refuseProblems(file, problemLines(problems))
    await writeNewText(design, documentText(document))
    output.result(
      { design, format, problems, notes },
      [
        `Wrote ${design}: the layers of ${NETWORK_FORMATS[format]}, without weights.`,
        ...identities(problemLines(problems)),
        ...notes,
      ].join('\n'),
    )
  })
}

/** With the values, into the workspace. */
async function intoWorkspace(file: string, { partial = false, ...options }: Typed): Promise<void> {
  await runCommand(options, async ({ client, output }) => {
    const scaling = scalingWish(options)
    const made = await client.imports.create({ path: absolutePlace(file, 'file'), partial, scaling })
    const { id, facts, weightsSha256 } = made
    const next = [
      ...(facts.scaling === 'assumed' && facts.hasValues
        ? [
            `- say how its pixels are scaled, where 0 to 255 is wrong: ${typed(`import FILE --scaling ${SCALING_NAMES.join('|')}`)}`,
          ]
        : []),
      ...(weightsSha256 === null || facts.missing.length > 0
        ? []
        : [`- write it for other tools, proven: ${typed(`export --import ${id} --format FORMAT`)}`]),
      ...(weightsSha256 === null
        ? []
        : [`- train on from its values: ${typed(`train FILE --from-weights ${id} --fit`)}`]),
    ]
    output.result(
      made,
      [
        `Import ${id}.`,
        ...factsText(facts),
        ...identities(problemLines(facts.problems)),
        ...(next.length === 0 ? [] : ['What you can do next:', ...next]),
      ].join('\n'),
    )
  })
}

export function importCommand(program: Command): void {
  withCommonOptions(
    withScalingOptions(
      program
        .command('import <file> [design]')
        .description(
          'take a network of another program (ONNX, Keras, tfjs, NNP) or an export into the workspace, with its weights; or its layers alone into a design (.gptnas.json)',
        )
        .option('--partial', 'also where some operators are no layers here: each becomes an identity, and is listed'),
    ),
  ).action((file: string, design: string | undefined, options: Typed) =>
    design === undefined ? intoWorkspace(file, options) : asDesign(file, design, options),
  )
}

/** @throws AppError `invalid-input` for what is no number */
function numberOf(words: string): number {
  if (/^\d{1,15}$/.test(words)) return Number(words)
  throw new AppError(
    'invalid-input',
    `The number of an import was expected; received ${quoted(words)}.`,
    `List them with "${typed('imports')}".`,
  )
}

export function importsCommand(program: Command): void {
  const group = program.command('imports').description('imported networks of the workspace: list, remove')
  withCommonOptions(
    group.command('list', { isDefault: true }).description('every imported network, with where it comes from'),
  ).action((options: CommonOptions) =>
    runCommand(options, async ({ client, output }) => {
      const imports = await client.imports.list()
      const rows = imports.map(({ id, name, facts, weightsSha256 }) => [
        String(id),
        name,
        facts.title,
        facts.parameters.toLocaleString('en'),
        weightsSha256 === null ? 'none' : facts.missing.length === 0 ? 'all' : 'some',
      ])
      output.result(
        imports,
        imports.length === 0
          ? `Nothing was imported yet. Import a network with "${typed('import FILE')}".`
          : table(['>Import', 'Name', 'From', '>Parameters', 'Values'], rows),
      )
    }),
  )
  withCommonOptions(
    group
      .command('remove <number>')
      .description(
        'take an imported network out of the workspace; the file it was made of stays, and so do its exports',
      ),
  ).action((words: string, options: CommonOptions) =>
    runCommand(options, async ({ client, output }) => {
      const id = numberOf(words)
      const { import: found } = await client.imports.load({ id })
      const { removed } = await client.imports.remove({ id })
      output.result({ id, removed }, `Removed import ${id}, ${quoted(found.name)}. ${found.facts.file} is as it was.`)
    }),
  )
}
