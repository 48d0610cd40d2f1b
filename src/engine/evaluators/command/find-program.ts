// Whether a program that a definition names is there and may be executed: told before a run begins, not by its first trial.
import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import path from 'node:path'
import type { CommandDefinition } from '@shared/evaluators/command'

async function isProgram(file: string): Promise<boolean> {
  const info = await stat(file).catch(() => undefined)
  if (info?.isFile() !== true) return false
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  )
}

const hasFolder = (program: string): boolean => /[\\/]/.test(program)

/** The folder that it is started in. */
export const folderOf = ({ program, folder }: Pick<CommandDefinition, 'program' | 'folder'>): string | null =>
  folder ?? (path.isAbsolute(program) ? path.dirname(program) : null)

/** What is wrong with a command, as sentences; none where it can be started. */
export async function commandProblems(command: CommandDefinition): Promise<string[]> {
  const { program } = command
  if (program.trim() === '') return ['The evaluator command needs a program (evaluator.program).']
  const folder = folderOf(command)
  const problems: string[] = []
  if (folder !== null && (await stat(folder).catch(() => undefined))?.isDirectory() !== true)
    problems.push(`There is no folder ${folder} to start the program in (evaluator.folder).`)
  const places = hasFolder(program)
    ? [path.resolve(folder ?? '.', program)]
    : (process.env['PATH'] ?? '').split(path.delimiter).map((place) => path.join(place, program))
  const found = await Promise.all(places.map(isProgram))
  // Windows knows programs by the ends of their names, which it adds itself.
  if (!found.includes(true) && process.platform !== 'win32')
    problems.push(
      hasFolder(program)
        ? `There is no program ${places[0]}, or it may not be executed (evaluator.program).`
        : `No program "${program}" is in the folders of PATH (evaluator.program).`,
    )
  return problems
}
