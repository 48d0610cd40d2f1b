// Which runtime the measurement is of: the one that computes would load, as the workbench's own cache and environment say.
import { homedir } from 'node:os'
import { resolve } from 'node:path'
import { bindingEnvironment } from '../../src/engine/runtimes/active'
import { createRuntimes, type RuntimesOptions } from '../../src/engine/runtimes/runtimes'
import { userFolders } from '../../src/shared/runtime/user-folders'

export interface Chosen {
  readonly id: string
  /** Why it is not the chosen one; empty where it is. */
  readonly note: string
  readonly environment: Readonly<Record<string, string>>
}

/** Of whoever measures. */
export const ownRuntimes = (): RuntimesOptions => ({ cacheFolder: resolve(userFolders(process.env, homedir()).cache) })

/** @param options replaced in tests */
export async function chosenRuntime(options: RuntimesOptions = ownRuntimes()): Promise<Chosen> {
  const { id, note, binding } = await createRuntimes(options).active()
  return { id, note, environment: bindingEnvironment(binding) }
}
