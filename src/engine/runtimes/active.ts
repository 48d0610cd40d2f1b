// Which runtime computes load: the chosen one where it is whole, else the one that came with the program. The binding is copied into the
// runtime's folder, since its place decides which libraries it finds.
import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { BINDING_VARIABLE } from '@shared/runtime/compute-environment'
import { BUILD_IDS, type BuildId, type TensorFlowBuild } from '@shared/runtime/tensorflow-builds'
import { AppError } from '@shared/errors'
import { MIB } from '@shared/units'
import { readJson } from '@node/json-file'
import { readWhole } from '@node/read-file'
import { writeFileWhole } from '@node/whole-file'
import { hasLibraries, shippedBinding } from '../machine/tensorflow-build'
import { BINDING_FOLDER, runtimeFolder, runtimesFolder } from './layout'
import { damageOf, readManifest } from './manifest'

/** Which one the user asks for in the environment, before what is stored. */
export const RUNTIME_VARIABLE = 'GPTNAS_RUNTIME'
/** The build that comes with the program, in a package as in a checkout. */
export const SHIPPED: BuildId = 'cpu'
/** The binding has some hundred kilobytes. */
const MAX_BINDING_BYTES = 16 * MIB

const choiceSchema = z.object({ id: z.enum(BUILD_IDS) })
const choiceFile = (cacheFolder: string): string => path.join(runtimesFolder(cacheFolder), 'chosen.json')

export interface Choice {
  readonly id: BuildId
  readonly by: 'user' | 'environment' | 'default'
}

/** @throws AppError `invalid-input` for a variable that names none */
export async function readChoice(
  cacheFolder: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Choice> {
  const named = env[RUNTIME_VARIABLE]?.trim()
  if (named) {
    const id = BUILD_IDS.find((known) => known === named)
    if (id !== undefined) return { id, by: 'environment' }
    throw new AppError(
      'invalid-input',
      `${RUNTIME_VARIABLE}=${named.slice(0, 100)} names no runtime: ${BUILD_IDS.join(' or ')} was expected.`,
      'Correct or unset the variable.',
    )
  }
  try {
    return { id: choiceSchema.parse(await readJson(choiceFile(cacheFolder))).id, by: 'user' }
  } catch {
    return { id: SHIPPED, by: 'default' } // nothing chosen yet, or not readable as ours
  }
}

/** Nothing is chosen any more, as before the first choice. */
export const forgetChoice = (cacheFolder: string): Promise<void> => rm(choiceFile(cacheFolder), { force: true })

/** @throws AppError `storage-failed` */
export const keepChoice = (cacheFolder: string, id: BuildId): Promise<void> =>
  writeFileWhole(choiceFile(cacheFolder), `${JSON.stringify({ id })}\n`)

export interface Active {
  readonly id: BuildId
  /** The binding that a process loads; null for the one in the package. */
  readonly binding: string | null
  /** Why it is not the chosen one; empty where it is. */
  readonly note: string
}

/** Whether the program came with libraries of TensorFlow. */
export async function isShipped(): Promise<boolean> {
  try {
    return await hasLibraries(shippedBinding())
  } catch {
    return false // the package itself is missing
  }
}

/** Never throws: what cannot be loaded is replaced, and the note says why. */
export async function activeRuntime(
  cacheFolder: string,
  builds: readonly TensorFlowBuild[],
  choice: BuildId,
): Promise<Active> {
  const shipped = await isShipped()
  if (choice === SHIPPED && shipped) return { id: SHIPPED, binding: null, note: '' }
  const reasons: string[] = []
  for (const id of new Set([choice, SHIPPED])) {
    if (id === SHIPPED && shipped) return { id, binding: null, note: reasons.join(' ') }
    const build = builds.find((candidate) => candidate.id === id)
    const tried = build === undefined ? 'is not known here' : await bindingIn(cacheFolder, build)
    if (typeof tried !== 'string') return { id, binding: tried.binding, note: reasons.join(' ') }
    reasons.push(`The runtime ${id} ${tried}; the one that came with the program is used.`)
  }
  return { id: SHIPPED, binding: null, note: reasons[0] ?? '' }
}

/** The environment of a process that loads this binding and no other; null: the package's own, whatever else the environment names. */
export const bindingEnvironment = (binding: string | null): Record<string, string> => ({
  [BINDING_VARIABLE]: binding ?? '',
})

/** The binding in an installed runtime, made there where it is missing; why it cannot be had, otherwise. */
export async function bindingIn(
  cacheFolder: string,
  build: TensorFlowBuild,
): Promise<{ readonly binding: string } | string> {
  const folder = runtimeFolder(cacheFolder, build)
  const manifest = await readManifest(folder, build)
  if (manifest === undefined) return 'is not installed'
  const damaged = await damageOf(folder, manifest)
  if (damaged !== null) return `is damaged (${damaged} is missing or not of its size)`
  try {
    return { binding: await placeBinding(folder) }
  } catch (thrown) {
    return `cannot be used: ${thrown instanceof Error ? thrown.message : String(thrown)}`
  }
}

/** Named by its content: versions of the workbench that share the folder may have different ones. */
async function placeBinding(folder: string): Promise<string> {
  const content = await readWhole(shippedBinding(), { what: 'binding', maxBytes: MAX_BINDING_BYTES })
  const name = `tfjs_binding-${createHash('sha256').update(content).digest('hex').slice(0, 12)}.node`
  const file = path.join(folder, BINDING_FOLDER, name)
  // Its name is a hash of its content; what has the name may still have been changed since.
  const there = await readWhole(file, { what: 'binding', maxBytes: MAX_BINDING_BYTES }).catch(() => undefined)
  if (there === undefined || !content.equals(there)) await writeFileWhole(file, content)
  return file
}
