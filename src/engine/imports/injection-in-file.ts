// What a person names as a file when they put an architecture into a run: a genotype as `search show --json` has it, or any file with a
// network in it. Whether it fits the run is engine/runs/inject.ts's.
import { stat } from 'node:fs/promises'
import { parseDocument } from '@shared/architecture/document'
import { AppError } from '@shared/errors'
import { problemLines } from '@shared/exchange/imported/imported-network'
import type { Injection } from '@shared/search/injection'
import { genotypeSchema } from '@shared/spaces/genotype'
import { MIB } from '@shared/units'
import { refuseProblems } from '@node/networks/read-network'
import { readTextFile } from '@node/text-file'
import { previewImport, type ImportTools } from './import-network'

/** The longest genotype of a space, a chain of sixteen blocks, has a few kB. */
const LONGEST_GENOTYPE = MIB

/**
 * @param file whole path
 * @throws AppError of the reader of networks; `invalid-architecture` with every operator that is no layer here
 */
export async function injectionIn(tools: ImportTools, file: string): Promise<Injection> {
  const genotype = await genotypeIn(file)
  if (genotype !== undefined) return genotype
  const { facts, document } = await previewImport(tools, file)
  if (facts.problems.length > 0) {
    const { code, message } = refuseProblems(file, problemLines(facts.problems))
    throw new AppError(code, message, 'Import the rest, mend it in the editor, and put in what you saved.')
  }
  return { from: 'document', document: parseDocument(document) }
}

async function genotypeIn(file: string): Promise<Injection | undefined> {
  if (!file.toLowerCase().endsWith('.json')) return undefined
  // What is not there, or is no file, is told by the reader of networks.
  const info = await stat(file).catch(() => undefined)
  if (info?.isFile() !== true || info.size > LONGEST_GENOTYPE) return undefined
  const { text } = await readTextFile(file, { what: 'genotype', maxBytes: LONGEST_GENOTYPE })
  const read = genotypeSchema.safeParse(parsed(text))
  return read.success && typeof read.data['space'] === 'string' ? { from: 'genotype', genotype: read.data } : undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // what it is instead is told by the reader of networks
  }
}
