// What every command shares: its output, its session, its exit code. Commands themselves only ask and print.
import type { Command } from 'commander'
import { createOutput, EXIT, type Output } from './output'
import type { Session } from './session'

export interface CommonOptions {
  readonly json?: boolean
  readonly workspace?: string
}

export interface CommandContext extends Session {
  readonly output: Output
}

/** Adds the options every command has. */
export function withCommonOptions(command: Command): Command {
  return withJsonOption(
    command.option(
      '--workspace <folder>',
      'workspace folder (default: $GPTNAS_WORKSPACE, else "GPT-NAS Workspace" in the home folder)',
    ),
  )
}

/** For commands that need no engine and so no workspace. */
export function withJsonOption(command: Command): Command {
  return command.option('--json', 'print the result as JSON, and nothing else, on standard output')
}

/**
 * Runs `body` with an open engine; whatever it throws is printed as an error and becomes exit code 1.
 * @param body returns the exit code, or nothing for success
 */
export async function runCommand(
  options: CommonOptions,
  body: (context: CommandContext) => Promise<number | void>,
): Promise<void> {
  const output = createOutput(options.json === true, process)
  let session: Session | undefined
  try {
    // Loaded only here: commands without an engine start without SQLite and everything behind it.
    const { openSession } = await import('./session')
    session = await openSession({ workspace: options.workspace })
    process.exitCode = (await body({ ...session, output })) ?? EXIT.ok
  } catch (thrown) {
    output.failure(thrown)
    process.exitCode = EXIT.failed
  } finally {
    await session?.close().catch((thrown: unknown) => {
      // A full disk that has ended the command may keep the workspace from being closed in order as well: said once.
      if (process.exitCode === EXIT.ok) output.failure(thrown)
      process.exitCode ||= EXIT.failed
    })
  }
}

/**
 * Runs `body` without engine and workspace; whatever it throws is printed as an error and becomes exit code 1.
 * @param body returns the exit code, or nothing for success
 */
export async function runLocally(
  options: Pick<CommonOptions, 'json'>,
  body: (output: Output) => Promise<number | void> | number | void,
): Promise<void> {
  const output = createOutput(options.json === true, process)
  try {
    process.exitCode = (await body(output)) ?? EXIT.ok
  } catch (thrown) {
    output.failure(thrown)
    process.exitCode = EXIT.failed
  }
}
