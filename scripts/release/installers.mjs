// Installers are made with tools that electron-builder fetches when they are first asked for: where it cannot, that is said with the way out.
import { SetupFailure } from '../setup/failure.mjs'

/**
 * @template T
 * @param {string[]} targets by electron-builder's names
 * @param {() => Promise<T>} make
 * @returns {Promise<T>}
 * @throws {SetupFailure} with what electron-builder ended with
 */
export async function makeInstallers(targets, make) {
  try {
    return await make()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new SetupFailure(
      `The installers ${targets.join(', ')} could not be made: ${reason}. The unpacked application is whole.`,
      'electron-builder fetches its tools from github.com, or from the mirror that ELECTRON_BUILDER_BINARIES_MIRROR names: make installers where one of them is reached (USE_SYSTEM_FPM=true takes an fpm of the system for deb and rpm). --archive needs no tools.',
    )
  }
}
