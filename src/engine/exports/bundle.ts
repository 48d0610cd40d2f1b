// An export as one zip beside its folder: the files as they are, and what whoever receives it needs: README with sample code, class
// names, the proof. What the texts say is shared/exchange's.
import { createHash } from 'node:crypto'
import path from 'node:path'
import { Zip, ZipDeflate, ZipPassThrough, type ZipInputFile } from 'fflate'
import { metaOf, parseDocument } from '@shared/architecture/document'
import { proofSchema } from '@shared/contract/exports'
import { AppError } from '@shared/errors'
import { bundleReadme, type BundleFacts } from '@shared/exchange/bundle-readme'
import { exportFormatFacts } from '@shared/exchange/formats'
import { bundledExport, METADATA_FILE, type BundledExport } from '@shared/exchange/metadata'
import { MIB } from '@shared/units'
import { readInPieces, readWhole } from '@node/read-file'
import { writeNewFileWhole } from '@node/whole-file'

/** The design of the largest networks has less than a megabyte. */
const MAX_METADATA_BYTES = 64 * MIB
/** Zips of before 2001 count to here, and no reader of ours takes more than that of a model anyway. */
const MOST_BYTES = 4095 * MIB

export interface Bundle {
  readonly file: string
  readonly sizeBytes: number
}

/** What the design itself says; undefined for what is none that can be read here. */
function designOf({ architecture }: BundledExport) {
  try {
    return metaOf(parseDocument(architecture))
  } catch {
    return undefined // the files are sent as they are
  }
}

function whatItIs({ format, importedFrom, isTrained }: BundledExport): BundleFacts['network'] {
  if (!exportFormatFacts(format).isTrained) return 'design'
  if (importedFrom !== undefined) return 'imported'
  return isTrained === false ? 'untrained' : 'trained'
}

function nameOf(metadata: BundledExport, design: string | undefined): string {
  if (metadata.search !== undefined) return `${told(metadata.search)}, trial ${told(metadata.trial)}`
  return metadata.design === undefined ? (design ?? 'A network') : told(metadata.design)
}

const told = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

function factsOf(metadata: BundledExport): BundleFacts {
  const proof = metadata.proof === undefined ? null : proofSchema.safeParse(metadata.proof).data
  const design = designOf(metadata)
  const said = [
    'search',
    'run',
    'trial',
    'seed',
    'dataset',
    'datasetFingerprint',
    'validationAccuracy',
    'importedFrom',
    'writtenBy',
  ] as const
  const provenance = said.flatMap((key): [string, string][] =>
    metadata[key] === undefined || metadata[key] === null ? [] : [[key, told(metadata[key])]],
  )
  return {
    format: metadata.format,
    options: metadata.options,
    network: whatItIs(metadata),
    input: metadata.inputShape ?? (design !== undefined && 'input' in design ? design.input : []),
    name: nameOf(metadata, design?.name),
    classes: metadata.classes ?? [],
    classCount: metadata.classes?.length ?? (design !== undefined && 'classes' in design ? design.classes : null),
    proof: proof ?? null,
    provenance: Object.fromEntries([...provenance, ['weights', metadata.weights?.sha256 ?? 'none']]),
  }
}

/** Pieces of the zip as they are made. */
async function* zipped(
  files: readonly {
    readonly name: string
    readonly sha256: string | null
    readonly read: () => AsyncIterable<Uint8Array>
  }[],
): AsyncGenerator<Uint8Array> {
  const made: Uint8Array[] = []
  const failure: { error: Error | null } = { error: null }
  const zip = new Zip((error, piece) => {
    failure.error = error ?? failure.error
    made.push(piece)
  })
  for (const { name, sha256, read } of files) {
    // Weights are noise to a compressor.
    const isText = /\.(?:json|md|txt|py|svg)$/.test(name)
    const entry: ZipInputFile & { push(piece: Uint8Array, isLast: boolean): void } = isText
      ? new ZipDeflate(name)
      : new ZipPassThrough(name)
    zip.add(entry)
    const hash = createHash('sha256')
    for await (const piece of read()) {
      hash.update(piece)
      entry.push(piece, false)
      yield* made.splice(0)
    }
    entry.push(new Uint8Array(0), true)
    if (sha256 !== null && hash.digest('hex') !== sha256)
      throw new AppError(
        'conflict',
        `${name} is not what was exported: it has changed since.`,
        'Export the trial again.',
      )
    yield* made.splice(0)
  }
  zip.end()
  yield* made.splice(0)
  if (failure.error !== null) throw failure.error
}

/**
 * @param folder of an export
 * @throws AppError `invalid-input` for what is no export, `conflict` for files that have changed, `storage-failed`
 */
export async function bundleExport(folder: string): Promise<Bundle> {
  const place = path.join(folder, METADATA_FILE)
  const bytes = await readWhole(place, { what: 'metadata of an export', maxBytes: MAX_METADATA_BYTES })
  const metadata = bundledExport(bytes.toString('utf8'))
  if (metadata === undefined)
    throw new AppError('invalid-input', `${folder} is no export: ${METADATA_FILE} does not name its format and files.`)
  const facts = factsOf(metadata)
  const inside = path.basename(folder)
  const text = (name: string, content: string) => ({
    name: `${inside}/${name}`,
    sha256: null,
    read: async function* () {
      yield Buffer.from(content)
    },
  })
  const files = [
    ...metadata.files.map(({ name, sha256 }) => ({
      name: `${inside}/${name}`,
      sha256,
      read: () => readInPieces(path.join(folder, name), { what: 'file of an export' }),
    })),
    text(METADATA_FILE, bytes.toString('utf8')),
    text('README.md', bundleReadme(facts)),
    ...(facts.classes.length === 0 ? [] : [text('classes.txt', `${facts.classes.join('\n')}\n`)]),
    text('proof.json', `${JSON.stringify(metadata.proof ?? null, null, 2)}\n`),
  ]
  let sizeBytes = 0
  // Never replaces anything: the first of folder.zip, folder-2.zip, ... that is free when it is written.
  const file = await writeNewFileWhole(
    (i) => `${folder}${i === 1 ? '' : `-${i}`}.zip`,
    (async function* () {
      for await (const piece of zipped(files)) {
        sizeBytes += piece.length
        if (sizeBytes > MOST_BYTES)
          throw new AppError('invalid-input', 'A bundle holds at most 4 GiB.', 'Send the folder.')
        yield piece
      }
    })(),
  )
  return { file, sizeBytes }
}
