// gpt-nas dataset import: the user's own images into the workspace, or with --preview what an import would make of them.
import path from 'node:path'
import { Option, type Command } from 'commander'
import {
  DATASET_PREFIX,
  FIT_POLICIES,
  IMPORT_KINDS,
  importRequestSchema,
  splitFoldersSchema,
  type SplitFolders,
} from '@shared/contract/datasets'
import { AppError } from '@shared/errors'
import { typed } from '@node/command-line'
import { runCommand, withCommonOptions, type CommonOptions } from '../command'
import { EXIT } from '../output'
import { inspectionText, recognisedText } from './dataset-inspection'
import { showProgress } from './dataset-progress'

interface ImportOptions extends CommonOptions {
  readonly name?: string
  readonly kind?: string
  readonly splits?: string
  readonly preview?: boolean
  readonly size?: string
  readonly policy?: string
  readonly channels?: string
  readonly testShare?: string
  readonly seed?: string
  readonly replace?: boolean
}

/** "32" or "32x48" as `[height, width]`; what is neither is left for the schema to refuse. */
function sizeOf(text: string | undefined): number[] | null {
  if (text === undefined) return null
  const sides = text.split('x').map(Number)
  return sides.length === 1 ? [...sides, ...sides] : sides
}

/** "train=A,val=B,test=C" or "none". @throws AppError `invalid-input` */
function splitsOf(text: string | undefined): SplitFolders | null {
  if (text === undefined) return null
  if (text === 'none') return 'none'
  const roles: Readonly<Record<string, 'train' | 'validation' | 'test'>> = {
    train: 'train',
    val: 'validation',
    validation: 'validation',
    test: 'test',
  }
  const pairs = text.split(',').map((pair): [string | undefined, string] => {
    const cut = pair.indexOf('=')
    return [roles[pair.slice(0, cut)], pair.slice(cut + 1)]
  })
  const parsed = splitFoldersSchema.safeParse(Object.fromEntries(pairs))
  if (parsed.success && pairs.every(([role]) => role !== undefined)) return parsed.data
  throw new AppError(
    'invalid-input',
    `--splits: expected folders as train=A,val=B,test=C with at least train, or none; received "${text}".`,
    'For example --splits train=seg_train,test=seg_test.',
  )
}

/** @throws AppError `invalid-input` naming the option */
function requestOf(place: string, options: ImportOptions & { readonly name: string }) {
  const number = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text))
  const parsed = importRequestSchema.safeParse({
    path: place.startsWith(DATASET_PREFIX) ? place : path.resolve(place),
    name: options.name,
    kind: options.kind ?? null,
    splits: splitsOf(options.splits),
    size: sizeOf(options.size),
    policy: options.policy,
    channels: number(options.channels) ?? null,
    testShare: number(options.testShare),
    seed: number(options.seed),
    replace: options.replace,
  })
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const option = `--${String(issue?.path[0] ?? '').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
  throw new AppError(
    'invalid-input',
    `${option}: ${issue?.message ?? 'is not understood'}`,
    `See ${typed('dataset import --help')}.`,
  )
}

export function importCommand(group: Command): void {
  withCommonOptions(
    group
      .command('import <path>')
      .description(
        'bring in your own: CIFAR, MNIST, ImageNet layout, CSV with images, a folder of class folders; also zipped. dataset:NAME makes another size of a data set that is ready',
      )
      .option('--name <name>', 'what searches call it: lower-case letters, digits and dashes')
      .addOption(new Option('--kind <kind>', 'what it is (default: recognised)').choices(IMPORT_KINDS))
      .option(
        '--splits <folders>',
        'which folders are splits: train=A,val=B,test=C, or none (default: by their usual names)',
      )
      .option('--preview', 'only say which classes and splits it would have; nothing is written')
      .option('--size <size>', 'side in pixels, or HEIGHTxWIDTH (default: as it is, where all images have one size)')
      .addOption(new Option('--policy <policy>', 'how other sizes are fitted').choices(FIT_POLICIES).default('crop'))
      .addOption(new Option('--channels <channels>', '1 grey, 3 colour (default: as it is)').choices(['1', '3']))
      .option('--test-share <share>', 'share kept for the test where no test split is given (default: a sixth)')
      .option('--seed <seed>', 'of that draw (default: 0)')
      .option('--replace', 'take the place of an import of that name'),
  ).action((place: string, options: ImportOptions) =>
    runCommand(options, async (context) => {
      if (options.preview === true) {
        const { path: from, kind, splits } = requestOf(place, { ...options, name: options.name ?? 'preview' })
        const recognised = await context.client.datasets.recognise({ path: from, kind, splits })
        context.output.result(recognised, recognisedText(recognised))
        return recognised.question === null ? EXIT.ok : EXIT.failed
      }
      if (options.name === undefined)
        throw new AppError('invalid-input', '--name: an import needs a name.', 'For example --name flowers.')
      const request = requestOf(place, { ...options, name: options.name })
      await showProgress(context, request.name, await context.client.datasets.import(request))
      const inspection = await context.client.datasets.inspect({ name: request.name })
      context.output.result(inspection, inspectionText(inspection))
      return EXIT.ok
    }),
  )
}
