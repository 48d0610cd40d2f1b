// How a command of ours is typed where this program runs: advice names a command that works as it stands there. A checkout has
// `npm run -s gpt-nas --`, an installed program `gpt-nas`; a workspace that is not the usual one is named. Whoever starts a process
// says the first in its environment (scripts/gpt-nas.mjs, scripts/start.mjs, src/main/index.ts), whoever opens a workspace the second.
import { homedir } from 'node:os'
import { resolve } from 'node:path'
import { userFolders } from '@shared/runtime/user-folders'

/** The variable with what stands before a command's own words. */
export const COMMAND_VARIABLE = 'GPTNAS_COMMAND'
/** In the folder of a checkout. */
export const CHECKOUT_COMMAND = 'npm run -s gpt-nas --'

/** Commands that open no workspace and so take none. */
const WITHOUT_WORKSPACE: readonly string[] = ['bench', 'check', 'cost', 'diff', 'space', 'zoo']

let workspace: string | null = null

/** From now on advice is about this workspace. @param folder absolute, as the user named it */
export function adviseAbout(folder: string): void {
  workspace = resolve(folder) === resolve(userFolders(process.env, homedir()).workspace) ? null : folder
}

/** As a POSIX shell takes it for one word. */
const quoted = (word: string): string => (/^[\w./:@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)

/** The program's name as it is typed: `gpt-nas`, or what stands for it in a checkout. */
export const commandName = (): string => process.env[COMMAND_VARIABLE] || 'gpt-nas'

/** @param words a command's own words, such as `export 1`; a word in capitals is the reader's to fill in */
export function typed(words: string): string {
  const isForWorkspace = !words.startsWith('-') && !WITHOUT_WORKSPACE.includes(words.split(' ')[0] ?? '')
  const suffix = workspace !== null && isForWorkspace ? ` --workspace ${quoted(workspace)}` : ''
  return `${commandName()} ${words}${suffix}`
}
