// Which Electron the product is built for. Set-up takes an older one from PyPI where the makers' cannot be reached; whoever looks at
// that window, or asks the doctor, is told. Pure.

/** As package.json pins it; a test holds the two together. */
export const BUILT_FOR_ELECTRON = '45.4.1'

/** Whether a window on this Electron runs on the stand-in of set-up (scripts/setup/electron-stand-in.mjs). @param version as 22.3.25 */
export const isStandInElectron = (version: string): boolean => version !== BUILT_FOR_ELECTRON
