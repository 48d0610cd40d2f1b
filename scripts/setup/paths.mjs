// Where set-up reads and writes: the checkout and the cache shared by all checkouts of a user.
// Nothing here touches the disk.
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** The checkout's root folder. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..')

/**
 * The folder for everything downloaded or built once per user.
 * `GPTNAS_CACHE` wins, then the XDG convention.
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string} an absolute path; it may not exist yet
 */
export function cacheFolder(env = process.env) {
  if (env.GPTNAS_CACHE) return path.resolve(env.GPTNAS_CACHE)
  return path.join(env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'gpt-nas-workbench')
}

/** A path below the checkout's node_modules. */
export const inModules = (...parts) => path.join(root, 'node_modules', ...parts)

/** A path below the cache. */
export const inCache = (...parts) => path.join(cacheFolder(), ...parts)
