// gpt-nas export: a trial's network in one of the export formats, proven in a fresh process where it holds trained values.
import { Option, type Command } from 'commander'
import { AppError } from '@shared/errors'
import type { DesignExport, Export, Proof, Rounding } from '@shared/contract/exports'
import {
  DEFAULT_EXPORT_FORMAT,
  EXPORT_FORMAT_NAMES,
  EXPORT_FORMATS,
  type ExportFormat,
  type ExportOptions,
} from '@shared/exchange/formats'
import { typed } from '@node/command-line'
import { absolutePlace } from '@node/safe-target'
import { runCommand, withCommonOptions, type CommandContext, type CommonOptions } from '../command'
import { bytes, percent } from '../format'
import { optionsHelp, readExportOptions } from '../export-options'
import { EXIT } from '../output'
import { findRun } from './search-run'

interface Wish {
  readonly format?: ExportFormat
  readonly options?: ExportOptions
  readonly folder?: string | null
  readonly prove?: boolean
  readonly allImages?: boolean
}

/** Of every command that proves. */
export const ALL_TEST_IMAGES = [
  '--all-test-images',
  'compare on every image of the test split, not on a hundred; plain tfjs takes minutes for that',
] as const

/** Exports and proves; prints the stages on standard error. @throws AppError what went wrong in writing or proving */
async function exportNetwork(
  { client, output }: CommandContext,
  of: { readonly trialId: number | null } | { readonly importId: number },
  wish: Wish,
): Promise<Export> {
  for await (const progress of await client.exports.create({ ...of, ...wish })) {
    output.note(progress.message)
    if (progress.result) return progress.result
  }
  throw new AppError('internal', 'The export ended without a result.')
}

/** @throws as `exportNetwork` */
export const exportTrial = (context: CommandContext, trialId: number, wish: Wish = {}): Promise<Export> =>
  exportNetwork(context, { trialId }, wish)

/**
 * Exports at the end of other work, which took hours and is told even where the export fails.
 * @param told what became of that work, as text
 * @throws AppError as `exportTrial`, after `told` has been shown
 */
export async function exportAfter(
  context: CommandContext,
  trialId: number,
  told: string,
  folder: string | null = null,
): Promise<Export> {
  try {
    return await exportTrial(context, trialId, { folder })
  } catch (thrown) {
    context.output.note(told)
    throw thrown
  }
}

const VERDICTS: Readonly<Record<Proof['verdict'], string>> = {
  equal: 'Proven equal.',
  different: 'NOT equal.',
  'cannot-tell': 'CANNOT TELL.',
}

const roundingText = (
  { storedAs, trainedAccuracy, samePredictions, largestLogitDifference }: Rounding,
  proof: Proof,
): string =>
  `Stored as ${storedAs}, and compared with the network rounded alike. Beside the network as it was: ` +
  (trainedAccuracy === null || proof.accuracy === null
    ? ''
    : `accuracy ${percent(proof.accuracy)} instead of ${percent(trainedAccuracy)}, `) +
  `same prediction on ${samePredictions} of ${proof.images}, ` +
  `class scores off by at most ${largestLogitDifference.toExponential(1)} of the largest.`

/** What an export was compared with, by where its images come from. */
const NETWORKS: Readonly<Record<Proof['split'], string>> = {
  test: 'trained',
  random: 'untrained',
  drawn: 'imported',
}

/** The comparison line by line. */
export function proofText(proof: Proof): string[] {
  const ofLogits = proof.largestLogitDifference
  const compared = [
    `of a probability ${proof.largestDifference.toExponential(2)}`,
    ...(ofLogits === null ? [] : [`of a class score relative to the largest ${ofLogits.toExponential(2)}`]),
  ].join(', ')
  const kind = proof.split === 'drawn' ? 'drawn inputs' : `${proof.split} images`
  const inputs = `${proof.images} ${kind}${proof.randomInputs > 0 ? ` and ${proof.randomInputs} random inputs` : ''}`
  const { firstDifference, latency, reason } = proof
  return [
    `${proof.runtime} against the ${NETWORKS[proof.split]} network on ${inputs}: largest difference ${compared} ` +
      `(allowed ${proof.tolerance.toExponential(0)}), same prediction on ${proof.samePredictions} of ${proof.images}. ${VERDICTS[proof.verdict]}`,
    ...(reason === null ? [] : [reason]),
    ...(firstDifference === null
      ? []
      : [
          `The first layer that differs is ${firstDifference.layer}, by ${firstDifference.difference.toExponential(2)} of its largest value.`,
        ]),
    ...(proof.rounding === null ? [] : [roundingText(proof.rounding, proof)]),
    ...(proof.split === 'random' || proof.accuracy === null
      ? []
      : [
          `Accuracy on those test images: ${percent(proof.accuracy)} (for the report only; the search never sees them).`,
        ]),
    ...(latency === null
      ? []
      : [
          `One image takes ${latency.median.toFixed(2)} ms there (median of ${latency.runs}; 95 % take at most ${latency.p95.toFixed(2)} ms).`,
        ]),
  ]
}

export function exportText({ format, folder, files, proof }: DesignExport): string {
  const size = files.reduce((sum, file) => sum + file.sizeBytes, 0)
  const lines = [`Exported ${files.length} files (${bytes(size)}) to ${folder}`, ...(proof ? proofText(proof) : [])]
  if (proof === null && EXPORT_FORMATS[format].isTrained)
    lines.push(
      EXPORT_FORMATS[format].isProvable
        ? 'NOT PROVEN: no proof was asked for, so nothing says that the files compute what was trained.'
        : 'NOT PROVEN: nothing here can run these files; compare them yourself before you rely on them.',
    )
  return lines.join('\n')
}

/** What a person may want after a search whose best network lies in a folder now. @param number of the run */
export function nextSteps(number: number): string {
  return [
    'What you can do next:',
    '- use it: tf.loadLayersModel of TensorFlow.js reads model.json there; metadata.json has its classes and how images are scaled',
    `- see every trial: ${typed(`search show ${number}`)}`,
    `- write it for other tools: ${typed(`export ${number} --format FORMAT`)} (${EXPORT_FORMAT_NAMES.join(', ')})`,
    `- search with settings of your own: ${typed('search start --config FILE')} (docs/search-file.md)`,
  ].join('\n')
}

/** @throws AppError `invalid-input` when the trial is none of the run's: one of the two must be a slip */
async function refuseOtherRun({ client }: CommandContext, wanted: string, trialId: number): Promise<void> {
  const [run, trial] = [await findRun(client, wanted), await client.trials.get({ id: trialId })]
  if (trial.runId === run.id) return
  throw new AppError(
    'invalid-input',
    `The trial with the id ${trialId} does not belong to run ${run.number}.`,
    `List its trials with "${typed(`search show ${run.number}`)}", or leave out the run.`,
  )
}

/** The formats with what each writes; another one is refused with this list. */
function formatOption(flags = '--format <format>'): Option {
  const titles = EXPORT_FORMAT_NAMES.map((name) => `${name}: ${EXPORT_FORMATS[name].title}`).join('; ')
  return new Option(flags, titles).choices(EXPORT_FORMAT_NAMES).default(DEFAULT_EXPORT_FORMAT)
}

/** @throws AppError `invalid-input` for no number, and beside a run or a trial */
function importNumber({ import: words = '', trial }: Typed, run: string | undefined): number {
  if (/^\d{1,15}$/.test(words) && trial === undefined && run === undefined) return Number(words)
  throw new AppError(
    'invalid-input',
    trial === undefined && run === undefined
      ? `--import takes the number of an import; received "${words.slice(0, 60)}".`
      : '--import names a network of its own: neither a run nor --trial can stand beside it.',
    `List them with "${typed('imports')}".`,
  )
}

interface Typed extends CommonOptions {
  readonly trial?: string
  readonly import?: string
  readonly folder?: string
  readonly format: ExportFormat
  readonly set: readonly string[]
  readonly proof: boolean
  readonly design?: string
  readonly seed?: string
  readonly zip?: boolean
  readonly allTestImages?: boolean
}

/** A design without a trial. @throws AppError what went wrong in writing or proving */
async function exportDesign({ client, output }: CommandContext, options: Typed): Promise<DesignExport> {
  const seed = options.seed === undefined ? 0 : Number(options.seed)
  if (!Number.isInteger(seed) || seed < 0)
    throw new AppError('invalid-input', `--seed takes a whole number from 0; received "${String(options.seed)}".`)
  // Loaded only here: a search exports too, and reads no architecture.
  const { readArchitecture } = await import('../architectures')
  const wish = {
    document: await readArchitecture(options.design ?? ''),
    format: options.format,
    options: readExportOptions(options.format, options.set),
    folder: options.folder === undefined ? null : absolutePlace(options.folder, 'folder'),
    prove: options.proof,
    seed,
  }
  for await (const progress of await client.exports.createOfDesign(wish)) {
    output.note(progress.message)
    if (progress.result) return progress.result
  }
  throw new AppError('internal', 'The export ended without a result.')
}

/** What came of it, as a zip too where that was asked for. @returns the exit code */
export async function tell({ client, output }: CommandContext, made: DesignExport, isZipped: boolean): Promise<number> {
  /** The export is written and proven, whatever becomes of the zip: both are told. */
  const zipped = async () => {
    try {
      return await client.exports.bundle({ folder: made.folder })
    } catch (thrown) {
      output.note(exportText(made))
      throw thrown
    }
  }
  const bundle = isZipped ? await zipped() : null
  const zip =
    bundle === null ? [] : [`Bundled with README, class names and proof as ${bundle.file} (${bytes(bundle.sizeBytes)})`]
  output.result({ ...made, bundle: bundle?.file ?? null }, [exportText(made), ...zip].join('\n'))
  return made.proof?.passed === false ? EXIT.failed : EXIT.ok
}

/** The id of the trial meant. @throws AppError where it is no number, or the run has none that is finished */
async function trialOf({ client }: CommandContext, run: string | undefined, typedId?: string): Promise<number> {
  const fix = `List them with "${typed('search show RUN')}".`
  if (typedId !== undefined) {
    if (/^[0-9]+$/.test(typedId)) return Number(typedId)
    throw new AppError('not-found', `--trial takes a trial's id, a whole number; received "${typedId}".`, fix)
  }
  const { bestTrialId } = await findRun(client, run)
  if (bestTrialId === null) throw new AppError('not-found', 'This run has no finished trial to export yet.', fix)
  return bestTrialId
}

export function exportCommand(program: Command): void {
  withCommonOptions(
    program
      .command('export [run]')
      .description('write the best network of a run (number or id), or of --trial, and prove that it computes the same')
      .addOption(formatOption())
      .option('--trial <id>', 'trial id instead of the best of a run')
      .option('--import <number>', 'an imported network instead of a trial')
      .option(
        '--set <name=value>',
        `an option of the format; may be given again and again. Default in brackets: ${optionsHelp()}`,
        (word: string, words: readonly string[]) => [...words, word],
        [],
      )
      .option(
        '--design <file>',
        'an architecture, written without a run; with starting weights where the format has any',
      )
      .option('--seed <number>', 'of the starting weights of --design (default: 0)')
      .option('--zip', 'also as one zip with a README, class names and the proof')
      .option('--no-proof', 'do not compare the files with the trained network; the result says so')
      .option(...ALL_TEST_IMAGES)
      .option('--folder <folder>', 'where to write (default: exports/ in the workspace)'),
  ).action((run: string | undefined, options: Typed) =>
    runCommand(options, async (context) => {
      if (options.allTestImages === true && !options.proof)
        throw new AppError('invalid-input', '--all-test-images is of the proof that --no-proof leaves out: choose one.')
      if (options.design !== undefined) {
        if (options.allTestImages === true)
          throw new AppError('invalid-input', 'A design has no test images: leave --all-test-images out.')
        if (run !== undefined || options.trial !== undefined || options.import !== undefined)
          throw new AppError('invalid-input', '--design is exported without a run or an import: name one of them.')
        return tell(context, await exportDesign(context, options), options.zip === true)
      }
      if (options.seed !== undefined)
        throw new AppError('invalid-input', '--seed is of the starting weights of --design: name a design with it.')
      const wanted = readExportOptions(options.format, options.set)
      const importId = options.import === undefined ? null : importNumber(options, run)
      const trialId = importId === null ? await trialOf(context, run, options.trial) : null
      if (options.trial !== undefined && run !== undefined && trialId !== null)
        await refuseOtherRun(context, run, trialId)
      const folder = options.folder === undefined ? null : absolutePlace(options.folder, 'folder')
      const exported = await exportNetwork(context, importId === null ? { trialId } : { importId }, {
        format: options.format,
        options: wanted,
        folder,
        prove: options.proof,
        allImages: options.allTestImages === true,
      })
      return tell(context, exported, options.zip === true)
    }),
  )
}
