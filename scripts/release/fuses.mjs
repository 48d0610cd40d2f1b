// The fuses that not every runtime has. electron-builder refuses to set one that is missing from an older Electron's row, so they are
// not in electron-builder.yml beside the others but asked for here, one by one.

/** Fuses that Electron got after version 22, by electron-builder's names: what a package wants, and what @electron/fuses calls them. */
const LATER = {
  // For pages of file://, which the workbench has none of: its page comes from app://.
  grantFileProtocolExtraPrivileges: { value: false, fuse: 'GrantFileProtocolExtraPrivileges' },
}
/** A fuse's place in the executable holds the character 0 or 1, or r where it was given up (the format of @electron/fuses). */
const SET = ['0', '1'].map((state) => state.charCodeAt(0))

/**
 * @param {string} executable of an Electron
 * @returns {Promise<{ fuses: Record<string, boolean>, missing: string[] }>} what can be set, and the names of what cannot
 */
export async function laterFuses(executable) {
  // Comes with electron-builder, so it may have come with the npm packages only now.
  const { getCurrentFuseWire, FuseV1Options } = (await import('@electron/fuses')).default
  const wire = await getCurrentFuseWire(executable)
  const names = Object.keys(LATER)
  const known = names.filter((name) => SET.includes(wire[FuseV1Options[LATER[name].fuse]]))
  return {
    fuses: Object.fromEntries(known.map((name) => [name, LATER[name].value])),
    missing: names.filter((name) => !known.includes(name)),
  }
}
