// What the folder of an imported data set consists of. Replacing or removing one takes nothing else with it: what somebody put there
// is named instead.
import path from 'node:path'
import { AppError } from '@shared/errors'
import { refuseStrangers, safeFolder, type KnownFiles, type OwnOutput } from '@node/safe-target'
import { MANIFEST_FILE, SPLITS } from './manifest'
import { RESOLUTIONS } from './resolutions'

/** By name, not by hash: a damaged data set is replaced to mend it, and its folder in the workspace is ours. */
const FILES: KnownFiles = new Map([
  [MANIFEST_FILE, null],
  [`${RESOLUTIONS}/`, null],
  ...SPLITS.flatMap((split) =>
    ['images.u8', 'labels.u8', 'labels.u16', 'names.txt'].map((file): [string, null] => [`${split}/${file}`, null]),
  ),
])
const OWN: OwnOutput = { what: 'an import', known: () => Promise.resolve(FILES) }

/** @throws AppError `conflict` naming what a data set does not consist of, or where a link or a file has its place */
export async function refuseForeignFiles(folder: string): Promise<void> {
  if ((await safeFolder(folder, OWN)) !== path.resolve(folder))
    throw new AppError('conflict', `${folder} is a link. It is left as it is.`, 'Choose another name for the data set.')
}

/** As `refuseForeignFiles`, of a data set that has been moved aside. @param folder where it was, for the message */
export const refuseForeignFilesIn = (aside: string, folder: string): Promise<void> =>
  refuseStrangers(aside, OWN, folder)
