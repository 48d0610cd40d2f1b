// A network of another program from its file into the workspace. The file is read in a process of its own, which is ended where it takes
// too long: what a stranger's file does to a reader ends there.
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import type { ImportPreview, NetworkImport } from '@shared/contract/imports'
import { AppError } from '@shared/errors'
import type { ScalingWish } from '@shared/exchange/imported/scaling'
import { problemLines } from '@shared/exchange/imported/imported-network'
import { refuseProblems } from '@node/networks/read-network'
import type { ProofClient, StartProof } from '../executors/pool'
import type { Artefacts } from '../storage/artefacts'
import { insertImport } from '../storage/imports'
import type { Store } from '../storage/store'

/** Two gigabytes of weights take half a minute on a slow disk. Chosen: four times that. */
const LIMIT_MS = 120_000

export interface ImportTools {
  readonly store: Store
  readonly artefacts: Artefacts
  readonly startProof: StartProof
  /** Replaced in tests. */
  readonly limitMs?: number
}

type Read = Awaited<ReturnType<ProofClient['readNetwork']>>

/** @throws AppError of the reader; `time-limit`; `invalid-input` where it has ended the process */
async function read(
  { startProof, limitMs = LIMIT_MS }: ImportTools,
  file: string,
  weights: string | null,
  scaling: ScalingWish | null = null,
): Promise<Read> {
  if (!path.isAbsolute(file))
    throw new AppError('invalid-input', `"${file}" is not a whole path.`, 'Name the file from its root.')
  const process = await startProof()
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () =>
        reject(
          new AppError(
            'time-limit',
            `${file} could not be read within ${limitMs / 1000} seconds.`,
            'Check that it is whole; a file of this kind is read within seconds.',
          ),
        ),
      limitMs,
    )
  })
  try {
    return await Promise.race([process.client.readNetwork({ path: file, weights, scaling }), late])
  } finally {
    clearTimeout(timer)
    await process.close()
  }
}

/** What would be taken over. @throws as `read` */
export async function previewImport(tools: ImportTools, file: string): Promise<ImportPreview> {
  const { name, facts, document } = await read(tools, file, null)
  return { name, facts, document }
}

/**
 * @param wish `partial` takes a network over whose operators are not all layers; `scaling` is of pixels, where the file is silent
 * @throws as `read`; `invalid-architecture` for operators that are no layers, unless `partial`; `read-only`, `storage-failed`
 */
export async function importNetwork(
  tools: ImportTools,
  file: string,
  { partial, scaling }: { readonly partial: boolean; readonly scaling: ScalingWish | null },
): Promise<NetworkImport> {
  const { store, artefacts } = tools
  store.refuseReadOnly()
  const temporary = await mkdtemp(path.join(os.tmpdir(), 'gpt-nas-import-'))
  try {
    const weights = path.join(temporary, 'weights')
    const { name, facts, document, weightsSha256 } = await read(tools, file, weights, scaling)
    if (facts.problems.length > 0 && !partial) throw refuseProblems(file, problemLines(facts.problems))
    const artefact = weightsSha256 === null ? null : await artefacts.adopt('weights', weights, weightsSha256)
    return await store.write((writer) => insertImport(writer, artefacts, { name, document, facts, weights: artefact }))
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}
