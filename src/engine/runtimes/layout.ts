// Where the files of a runtime lie, and which files of a wheel are kept. The layout is the one that the tfjs binding and TensorFlow's
// own run paths expect: `lib/napi-v8/BINDING` finds `deps/lib`, and libtensorflow in there finds `../nvidia/*/lib` beside it.
import path from 'node:path'
import type { TensorFlowBuild } from '@shared/runtime/tensorflow-builds'

/** Everything of this room, below the user's cache: shared by all versions of the workbench. */
export const runtimesFolder = (cacheFolder: string): string => path.join(cacheFolder, 'runtimes')
/** Held by the one program that installs or removes. */
export const lockFile = (cacheFolder: string): string => path.join(runtimesFolder(cacheFolder), 'install.lock')
/** Held for the moment in which one is chosen, and while one is removed: what is chosen stays. */
export const choiceLock = (cacheFolder: string): string => path.join(runtimesFolder(cacheFolder), 'choice.lock')
/** What the owner of either is told to do. */
export const LOCK = { doing: 'is installing, choosing or removing a runtime in the same folder' } as const
/** Wheels until they are unpacked, and halves of them. */
export const downloadsFolder = (cacheFolder: string): string => path.join(runtimesFolder(cacheFolder), 'downloads')
/** A whole runtime: nothing half-installed ever has this name. */
export const runtimeFolder = (cacheFolder: string, { id, version }: Pick<TensorFlowBuild, 'id' | 'version'>): string =>
  path.join(runtimesFolder(cacheFolder), `${id}-${version}`)
/** Where a runtime grows until it is whole; a later installation goes on there. */
export const stagingFolder = (folder: string): string => `${folder}.partial`

export const MANIFEST = 'runtime.json'
/** In a growing runtime: one file for each wheel that is in it. */
export const STAMPS = 'wheels'

export const LIBRARY_FOLDER = path.join('deps', 'lib')
export const BINDING_FOLDER = path.join('lib', 'napi-v8')

const LIBRARY = /^tensorflow\/((?:libtensorflow_(?:cc|framework)\.so\.2)|THIRD_PARTY_NOTICES\.txt)$/
const NVIDIA = /^nvidia\/[^/]+\/(?:lib|bin|nvvm)\/.+/
const LICENCE = /^([^/]+)\.dist-info\/(?:.*\/)?(LICEN[CS]E[^/]*|METADATA)$/i
/** Static libraries and Python files among them. */
const NEEDLESS = /(\.a|\.py|\.pyc)$/

/**
 * @param name of an entry of a wheel
 * @returns its place in a runtime with slashes; null for what is not needed at run time
 */
export function keptPlace(name: string): string | null {
  if (NEEDLESS.test(name)) return null
  const library = LIBRARY.exec(name)?.[1]
  if (library !== undefined) return `deps/lib/${library}`
  if (NVIDIA.test(name)) return `deps/${name}`
  const licence = LICENCE.exec(name)
  return licence === null ? null : `licences/${licence[1]!}/${licence[2]!}`
}

/** Programs among the files, such as CUDA's assembler, which the driver's compilation of PTX may need. */
export const isProgram = (place: string): boolean => /^deps\/nvidia\/[^/]+\/bin\//.test(place)

/** @throws Error with the reason for a name that leads out of the folder it is put in */
export function insideOnly(name: string): string {
  const isUnsafe =
    name === '' ||
    name.includes('\0') ||
    name.includes('\\') ||
    /^[a-z]:/i.test(name) ||
    name.startsWith('/') ||
    name.split('/').some((part) => part === '..' || part === '.' || part === '')
  if (isUnsafe) throw new Error(`it holds ${JSON.stringify(name.slice(0, 100))}, which leads out of its folder`)
  return name
}
