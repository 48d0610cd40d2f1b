// What makes a folder an earlier export of ours, which the next one may replace.
import { exportedFiles, METADATA_FILE } from '@shared/exchange/metadata'
import { ownRecord, type OwnOutput } from './safe-target'

const byMetadata = ownRecord('an earlier export', METADATA_FILE, exportedFiles)

/**
 * @param stored SHA-256 by name of what the workspace knows to have written into the folder: exports of before do not name their
 *   files themselves
 */
export function ownExport(stored: Readonly<Record<string, string>> = {}): OwnOutput {
  const hasStored = Object.keys(stored).length > 0
  return {
    what: byMetadata.what,
    known: async (folder) =>
      (await byMetadata.known(folder)) ?? (hasStored ? new Map(Object.entries(stored)) : undefined),
  }
}
