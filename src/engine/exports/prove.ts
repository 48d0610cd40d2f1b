// The proof of written files, of a trial or of an imported network, told and kept: in their metadata, and wherever the caller stores it.
import type { Export, ExportProgress, Proof } from '@shared/contract/exports'
import { AppError } from '@shared/errors'
import { addProof } from './proof-in-metadata'
import { proveExport, type ProvenNetwork, type WrittenExport } from './prove-export'
import type { ExportTools } from './tools'

/** What is stored of an export that was proven. */
export interface ProvenFiles {
  readonly files: Export['files']
  readonly proof: Proof
}

/** @throws AppError those of the compute and of the proof process; `conflict` for metadata that changed meanwhile */
export async function* prove(
  tools: Pick<ExportTools, 'pool' | 'startProof'>,
  written: WrittenExport,
  network: ProvenNetwork,
  signal: AbortSignal,
  store: (made: ProvenFiles) => Promise<Export>,
): AsyncGenerator<ExportProgress> {
  yield {
    stage: 'proving',
    message: `Comparing with the ${comparedOn(network)} inputs in a fresh process`,
    result: null,
  }
  const proof = await proveExport(tools, written, network, signal)
  const files = await addProof(written.folder, written.files, proof)
  const result = await store({ files, proof })
  const difference = Math.max(proof.largestDifference, proof.largestLogitDifference ?? 0).toExponential(2)
  yield { stage: 'done', message: `${verdictText(proof)} Largest difference: ${difference}.`, result }
}

function comparedOn({ isDrawn, isWhole, test }: ProvenNetwork): string {
  if (isDrawn === true) return 'imported network on drawn'
  return `trained network on ${isWhole === true ? `all ${test.count} test images` : 'test images'} and random`
}

function verdictText({ verdict, reason, firstDifference }: Proof): string {
  if (verdict === 'cannot-tell') return `Whether the export computes the same CANNOT BE TOLD. ${reason ?? ''}`.trim()
  if (verdict === 'equal') return 'The export computes the same.'
  const where = firstDifference === null ? '' : ` The first layer that differs is ${firstDifference.layer}.`
  return `The export does NOT compute the same.${where}`
}

/** An imported network belongs to no data set. */
export const noTestImages = (): AppError =>
  new AppError(
    'invalid-input',
    'An imported network has no test images: it is compared on drawn inputs.',
    'Leave out that all test images are wanted.',
  )

/** What is said of an export that was not compared. */
export const unproven = (isProvable: boolean): string =>
  isProvable
    ? 'It is NOT PROVEN, because no proof was asked for.'
    : 'It is NOT PROVEN: nothing here can run it. Compare it yourself before you rely on it.'
