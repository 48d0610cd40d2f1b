// What kind of package is made: for users, on the Electron that the product is built for, or for testing, on whatever is there.
import { SetupFailure } from '../setup/failure.mjs'

const MARK = ' (for testing)'
const PRODUCT = 'GPT-NAS Workbench'

/**
 * electron-builder's settings for one kind of package.
 * @param {{ forTesting: boolean, electronVersion: string | undefined, wanted: string }} runtime the version in place, and the one that
 *   package.json names
 * @throws {SetupFailure} for a package for users on a runtime that is not for users
 */
export function packageOptions({ forTesting, electronVersion, wanted }) {
  if (forTesting)
    return {
      productName: PRODUCT + MARK,
      directories: { output: 'dist/for-testing' },
      extraMetadata: { productName: PRODUCT + MARK, forTesting: true },
    }
  if (electronVersion === wanted) return { productName: PRODUCT, directories: { output: 'dist' } }
  throw new SetupFailure(
    `A package for users needs Electron ${wanted}; this checkout runs on Electron ${electronVersion}, the stand-in from PyPI, which has had no security update since 2023.`,
    "npm run setup -- --electron vendor fetches the makers' Electron (ELECTRON_MIRROR may name a mirror). To try the package only: npm run package -- --for-testing.",
  )
}
