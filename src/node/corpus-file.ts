// The file that a corpus is to be written to, before trainings of an hour: what is in the way then is in the way now.
import { existsSync } from 'node:fs'
import { readCorpus } from '@shared/proposer/corpus/trained-chains'
import { ordinaryFile, refuseUnwritable, safeFile } from './safe-target'
import { readUnicodeSync } from './text-file'

/**
 * A corpus may be there: of the same trainings it comes out the same, and any other is refused in the end.
 * @throws AppError `conflict`, `not-found`, `invalid-input` as `safeFile`
 */
export async function refuseStrangeCorpus(named: string): Promise<void> {
  const file = await ordinaryFile(named)
  if (!existsSync(file)) return refuseUnwritable(file)
  try {
    readCorpus(readUnicodeSync(file, { what: 'corpus' }))
  } catch {
    await safeFile(named) // a file that is no corpus: refused with its name
  }
}
