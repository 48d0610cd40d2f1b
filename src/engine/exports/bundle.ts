// An export as one zip beside its folder: the files as they are, and what whoever receives it needs: README with sample code, class
// names, the proof. What the texts say is shared/exchange's.
import { createHash } from 'node:crypto'
import { lstat } from 'node:fs/promises'
import path from 'node:path'
import { Zip, ZipDeflate, ZipPassThrough, type ZipInputFile } from 'fflate'
import { proofSchema } from '@shared/contract/exports'
import { AppError } from '@shared/errors'
import { bundleReadme, type BundleFacts } from '@shared/exchange/bundle-readme'
import { bundledExport, METADATA_FILE, type BundledExport } from '@shared/exchange/metadata'
import { MIB } from '@shared/units'
import { readInPieces, readWhole } from '@node/read-file'
import { writeFileWhole } from '@node/whole-file'

/** The design of the largest networks has less than a megabyte. */
const MAX_METADATA_BYTES = 64 * MIB
/** Zips of before 2001 count to here, and no reader of ours takes more than that of a model anyway. */
const MOST_BYTES = 4095 * MIB

export interface Bundle {
  readonly file: string
  readonly sizeBytes: number
}

/** Never replaces anything: the first of `folder.zip`, `folder-2.zip`, ... that is free. */
async function freeName(folder: string): Promise<string> {
  for (let i = 1; ; i++) {
    const file = `${folder}${i === 1 ? '' : `-${i}`}.zip`
    const there = await lstat(file).then(
      () => true,
      () => false,
    )
    if (!there) return file
  }
}

function factsOf(metadata: BundledExport): BundleFacts {
  const proof = metadata.proof === undefined ? null : proofSchema.safeParse(metadata.proof).data
  const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))
  const said = [
    'search',
    'run',
    'trial',
    'seed',
    'dataset',
    'datasetFingerprint',
    'validationAccuracy',
    'writtenBy',
  ] as const
  const provenance = said.flatMap((key): [string, string][] =>
    metadata[key] === undefined || metadata[key] === null ? [] : [[key, text(metadata[key])]],
  )
  return {
    format: metadata.format,
    options: metadata.options,
    input: metadata.inputShape ?? [],
    name:
      metadata.search === undefined
        ? text(metadata.design ?? 'A network')
        : `${text(metadata.search)}, trial ${text(metadata.trial)}`,
    classes: metadata.classes ?? [],
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
    text('classes.txt', `${facts.classes.join('\n')}\n`),
    text('proof.json', `${JSON.stringify(metadata.proof ?? null, null, 2)}\n`),
  ]
  const file = await freeName(folder)
  let sizeBytes = 0
  await writeFileWhole(
    file,
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
