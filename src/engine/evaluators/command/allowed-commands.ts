// Which commands a person has allowed on this machine. Kept beside the workspace, never in it: a workspace, a design or a space file
// may come from somebody else, and opening one must start nothing (decision 107). What is lost here is only asked again.
import { createHash } from 'node:crypto'
import path from 'node:path'
import { z } from 'zod'
import { commandKey, commandText, type Command } from '@shared/evaluators/command'
import { AppError } from '@shared/errors'
import { typed } from '@node/command-line'
import { readJson } from '@node/json-file'
import { writeFileWhole } from '@node/whole-file'

const FILE = 'allowed-commands.json'
const fileSchema = z.object({ format: z.literal('gptnas-allowed-commands/1'), sha256: z.array(z.string()) })

export interface AllowedCommands {
  isAllowed(command: Command): Promise<boolean>
  /** The person has said so: on the command line, or in a dialog of main's. */
  allow(command: Command): Promise<void>
}

const hashOf = (command: Command): string => createHash('sha256').update(commandKey(command)).digest('hex')

/** @param folder of the user on this machine */
export function createAllowedCommands(folder: string): AllowedCommands {
  const file = path.join(folder, FILE)
  const read = async (): Promise<string[]> => {
    try {
      return fileSchema.parse(await readJson(file)).sha256
    } catch {
      // None yet, or not readable: then nothing is allowed.
      return []
    }
  }
  let writing: Promise<void> = Promise.resolve()
  return {
    isAllowed: async (command) => {
      await writing.catch(() => undefined)
      return (await read()).includes(hashOf(command))
    },
    allow: (command) => {
      const add = async (): Promise<void> => {
        const known = await read()
        const hash = hashOf(command)
        if (known.includes(hash)) return
        const sha256 = [...known, hash]
        await writeFileWhole(file, `${JSON.stringify({ format: 'gptnas-allowed-commands/1', sha256 }, null, 2)}\n`)
      }
      return (writing = writing.then(add, add))
    },
  }
}

/** @throws AppError `conflict` where nobody on this machine has allowed it */
export async function refuseForeign(allowed: AllowedCommands, command: Command): Promise<void> {
  if (await allowed.isAllowed(command)) return
  throw new AppError(
    'conflict',
    `This search starts the program ${commandText(command)} for each architecture, and nobody on this machine has allowed that.`,
    'Look at what it is. Then resume the search, which allows it.',
    { commandLine: `Type "${typed('search resume --allow-command')}".` },
  )
}
