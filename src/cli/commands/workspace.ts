// gpt-nas workspace: the copies of a workspace's database, and putting one back. Works without an engine, because the database
// it mends may not open.
import { homedir } from 'node:os'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { userFolders } from '@shared/runtime/user-folders'
import { adviseAbout, typed } from '@node/command-line'
import { absolutePlace } from '@node/safe-target'
import { runLocally, withCommonOptions, type CommonOptions } from '../command'
import { bytes, table } from '../format'

function folderOf({ workspace }: CommonOptions): string {
  const folder =
    workspace === undefined
      ? resolve(userFolders(process.env, homedir()).workspace)
      : absolutePlace(workspace, 'folder')
  adviseAbout(folder)
  return folder
}

export function workspaceCommand(program: Command): void {
  const workspace = program.command('workspace').description('the copies of the database, and putting one back')
  withCommonOptions(workspace.command('backups').description('list the copies of the database, newest first')).action(
    (options: CommonOptions) =>
      runLocally(options, async (output) => {
        // Loaded only here, with SQLite behind them.
        const { listBackups } = await import('../../engine/storage/backups')
        const { workspaceFolders } = await import('../../engine/storage/store')
        const folder = workspaceFolders(folderOf(options)).backups
        const backups = await listBackups(folder)
        const rows = backups.map(({ file, sizeBytes, at, runs, trials }) => [
          at.slice(0, 16).replace('T', ' '),
          bytes(sizeBytes),
          runs === null ? '?' : String(runs),
          trials === null ? '?' : String(trials),
          file,
        ])
        const none = `There are none in ${folder}: the first is made when a search starts.`
        output.result(
          backups,
          backups.length === 0 ? none : table(['Made (UTC)', '>Size', '>Runs', '>Trials', 'File'], rows),
        )
      }),
  )
  withCommonOptions(
    workspace
      .command('restore')
      .argument('<file>', `a copy of the database, from "${typed('workspace backups')}"`)
      .description('put a copy in the place of the database; the present one moves into the backups folder'),
  ).action((file: string, options: CommonOptions) =>
    runLocally(options, async (output) => {
      const { restoreDatabase } = await import('../../engine/storage/restore')
      const folder = folderOf(options)
      const replaced = await restoreDatabase(folder, resolve(file))
      const before = replaced === null ? 'There was none before.' : `The one before is ${replaced}.`
      output.result(
        { workspace: folder, restored: resolve(file), replaced },
        `The database of ${folder} is now ${resolve(file)}. ${before}\nWeights that it does not know are kept for four weeks.`,
      )
    }),
  )
}
