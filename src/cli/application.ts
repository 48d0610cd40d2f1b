// Where the product lies that this command belongs to.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readJsonSync } from '@node/json-file'

/** The folder with package.json above the built program: a checkout, or the installed app. */
export function applicationFolder(): string {
  let folder = __dirname
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder)
  return folder
}

/** "0.1.0" */
export function applicationVersion(): string {
  const { version } = readJsonSync(join(applicationFolder(), 'package.json')) as { version: string }
  return version
}

/** What comes with the product: checkpoints of the proposer. In a package they lie beside its archive, not in what lies outside it. */
export function resourcesFolder(): string {
  const application = applicationFolder()
  const own = join(application, 'resources')
  return existsSync(own) ? own : join(dirname(application), 'resources')
}
