// What kind of package is made: for users, on the Electron that the product is built for, or for testing, on whatever is there.
import { SetupFailure } from '../setup/failure.mjs'

const MARK = ' (for testing)'
const PRODUCT = 'GPT-NAS Workbench'

/**
 * electron-builder's settings for one kind of package.
 * @param {{ forTesting: boolean, electronVersion: string | undefined, wanted: string, updateFeed?: string }} given the version in place,
 *   the one that package.json names, and where who makes the package puts new ones
 * @throws {SetupFailure} for a package for users on a runtime that is not for users
 */
export function packageOptions({ forTesting, electronVersion, wanted, updateFeed }) {
  if (forTesting)
    return {
      productName: PRODUCT + MARK,
      directories: { output: 'dist/for-testing' },
      extraMetadata: { productName: PRODUCT + MARK, forTesting: true },
      publish: null,
    }
  if (electronVersion === wanted)
    return { productName: PRODUCT, directories: { output: 'dist' }, publish: feedOf(updateFeed) }
  throw new SetupFailure(
    `A package for users needs Electron ${wanted}; this checkout runs on Electron ${electronVersion}, the stand-in from PyPI, which has had no security update since 2023.`,
    "npm run setup -- --electron vendor fetches the makers' Electron (ELECTRON_MIRROR may name a mirror). To try the package only: npm run package -- --for-testing.",
  )
}

/**
 * What installers and updaters are told of new versions: nothing, unless who makes the package names a place. The program itself asks
 * nobody (src/main/windows.ts); the feed is for tools that a system has for that.
 * @param {string | undefined} address
 * @throws {SetupFailure} for anything but an https address
 */
function feedOf(address) {
  if (address === undefined || address === '') return null
  if (URL.canParse(address) && new URL(address).protocol === 'https:') return [{ provider: 'generic', url: address }]
  throw new SetupFailure(
    `GPTNAS_UPDATE_FEED must be an https address, and is ${JSON.stringify(address)}.`,
    'Correct it, or leave it out: a package needs no feed.',
  )
}

/** Installers that electron-builder.yml is set for on this system. */
export const TARGETS = ['AppImage', 'deb', 'rpm']

/**
 * The installers that are asked for, by electron-builder's names.
 * @param {string | undefined} target "AppImage,deb"
 * @throws {Error} for a target that nothing is set for
 */
export function targetsOf(target) {
  const named = target === undefined ? [] : target.split(',').map((word) => word.trim())
  const unknown = named.filter((name) => !TARGETS.includes(name))
  if (unknown.length > 0) throw new Error(`There is no target "${unknown.join(', ')}".`)
  return named
}
