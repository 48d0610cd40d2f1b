// Where the app keeps things, from the command line, the environment and the platform's habits, in that order.
import { app } from 'electron'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { userFolders } from '@shared/runtime/user-folders'

export interface AppOptions {
  /** The user's folder: database, artefacts, exports. */
  readonly workspaceFolder: string
  /** Prepared data sets and downloads, shared by workspaces. */
  readonly cacheFolder: string
  /** Proposer checkpoint and its model card. */
  readonly resourcesFolder: string
  /** The window's icon. */
  readonly iconFile: string
}

/** The value of `--name VALUE` or `--name=VALUE`. */
export function argument(argv: readonly string[], name: string): string | undefined {
  const inline = argv.find((value) => value.startsWith(`--${name}=`))
  if (inline) return inline.slice(name.length + 3)
  const index = argv.indexOf(`--${name}`)
  const value = index >= 0 ? argv[index + 1] : undefined
  return value?.startsWith('--') ? undefined : value
}

export function readOptions(): AppOptions {
  const { workspace, cache } = userFolders(process.env, homedir())
  return {
    workspaceFolder: resolve(argument(process.argv, 'workspace') || workspace),
    cacheFolder: resolve(cache),
    resourcesFolder: app.isPackaged ? join(process.resourcesPath, 'resources') : join(app.getAppPath(), 'resources'),
    iconFile: app.isPackaged
      ? join(process.resourcesPath, 'icon.png')
      : join(app.getAppPath(), 'build', 'icons', '256x256.png'),
  }
}
