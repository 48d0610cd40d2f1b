// Copies of the database as a window lists them and puts one back: with an engine, which closes for it, and without one, where the
// database cannot be opened. What is not about copies is then refused with the reason.
import path from 'node:path'
import { implement } from '@orpc/server'
import { engineContract } from '@shared/contract'
import type { Backup } from '@shared/contract/backups'
import { runtimeContract } from '@shared/contract/runtime'
import { AppError, errorData } from '@shared/errors'
import { refusing } from '@shared/transport/refusing'
import { typed } from '@node/command-line'
import { listBackups } from '../storage/backups'
import { restoreDatabase } from '../storage/restore'
import { workspaceFolders } from '../storage/store'

export interface Restoring {
  /** Folder of the workspace. */
  readonly root: string
  /** Lets go of the workspace. @throws AppError where it is in use: nothing has changed then */
  readonly release: () => Promise<void>
  /** Starts the engine again, after the answer; undefined where nobody would. */
  readonly restart: (() => void) | undefined
}

const os = implement(runtimeContract)

export function backupProcedures({ root, release, restart }: Restoring) {
  const all = (): Promise<Backup[]> => listBackups(workspaceFolders(root).backups)
  return {
    backups: os.backups.handler(all),
    restore: os.restore.handler(async ({ input }) => {
      const copy = (await all()).find(({ name }) => name === input.name)
      if (copy === undefined)
        throw new AppError('not-found', `There is no copy "${input.name}" of the database.`, 'List the copies again.')
      if (restart === undefined)
        throw new AppError(
          'conflict',
          'The workspace is open, and nobody would open it again after that.',
          `Close it, then type "${typed(`workspace restore ${path.basename(copy.file)}`)}".`,
        )
      await release()
      try {
        return { replaced: await restoreDatabase(root, copy.file) }
      } finally {
        restart()
      }
    }),
  }
}

/** The contract where the workspace could not be opened. */
export function recoveryRouter(root: string, reason: unknown, restart: () => void) {
  const { code, message } = errorData(reason)
  // Commands would do it too; here a button does.
  const fix = 'Put a copy of the database back: the button is in the line at the top of the window.'
  const refuse = (): never => {
    throw new AppError(code, message, fix, { cause: reason })
  }
  const copies = backupProcedures({ root, release: () => Promise.resolve(), restart })
  return { ...refusing(engineContract, refuse), runtime: { ...refusing(runtimeContract, refuse), ...copies } }
}
