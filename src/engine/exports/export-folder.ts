// Where an export may go: new, empty or an earlier export (src/node/safe-target), and in the program's own folders only where
// exports are kept.
import path from 'node:path'
import { ownExport } from '@node/own-export'
import { isWithin } from '@node/real-place'
import { safeFolder } from '@node/safe-target'
import { AppError } from '@shared/errors'
import { filesExportedTo } from '../storage/exports'
import type { ExportTools } from './tools'

/**
 * Looked at before any work is done; writing looks again.
 * @param named absolute
 * @returns the folder, and what the workspace knows to have written there before
 * @throws AppError `invalid-input` for a name that is none, `conflict` naming what is in the way
 */
export async function exportFolder(
  { store, cacheFolder }: Pick<ExportTools, 'store' | 'cacheFolder'>,
  named: string,
): Promise<{ readonly folder: string; readonly earlier: Record<string, string> }> {
  if (named.trim() !== '' && !path.isAbsolute(named))
    throw new AppError('invalid-input', `"${named}" is not the whole path of a folder.`, 'Name it from its root.')
  const earlier = named === '' ? {} : await filesExportedTo(store.db, path.resolve(named))
  const folder = await safeFolder(named, ownExport(earlier))
  const { root, exports } = store.folders
  const isKept = isWithin(exports, folder) && folder !== exports
  if (!isKept && [root, cacheFolder].some((own) => isWithin(own, folder)))
    throw new AppError(
      'conflict',
      `${folder} belongs to the workspace or to the program's data sets. Nothing was written.`,
      `Choose a folder outside, or one in ${exports}.`,
    )
  return { folder, earlier }
}
