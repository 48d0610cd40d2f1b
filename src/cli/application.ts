// Where the product lies that this command belongs to.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The folder with package.json above the built program: a checkout, or the installed app. */
export function applicationFolder(): string {
  let folder = __dirname
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder)
  return folder
}

/** What comes with the product: checkpoints of the proposer. */
export const resourcesFolder = (): string => join(applicationFolder(), 'resources')
