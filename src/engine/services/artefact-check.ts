// The doctor's look at what the workspace keeps by content: what something needs must be there.
import type { Diagnosis } from '@shared/contract/runtime'
import { readableBytes } from '@shared/units'
import type { Artefacts } from '../storage/artefacts'
import { ok } from './diagnosis'

export async function artefactCheck(artefacts: Artefacts): Promise<Diagnosis> {
  const { files, bytes, damaged, unneeded } = await artefacts.inspect()
  const waiting = unneeded === 0 ? '' : `, ${unneeded} of them no longer needed: they go at the next start`
  const found = `${files} files, ${readableBytes(bytes)}${waiting}`
  if (damaged.length === 0) return ok('artefacts', 'Stored weights', found)
  return {
    id: 'artefacts',
    title: 'Stored weights',
    status: 'error',
    found: `${damaged.length} of ${files} are missing, cut short or have another content than their name says, for example ${damaged[0]}`,
    fix: 'Restore the artefacts folder of the workspace from a backup; trials whose weights are gone cannot be exported.',
  }
}
