// What every command of a checkout begins with: set-up and build, or the reason on standard error and exit code 1.
import { createRequire } from 'node:module'
import { buildIfStale, cliEntry } from './build.mjs'
import { SetupFailure } from './failure.mjs'
import { createReporter } from './reporter.mjs'
import { setUp } from './run.mjs'

/** How the command line is called in the folder of a checkout; src/node/command-line.ts has it for the built programs. */
export const CHECKOUT_COMMAND = 'npm run -s gpt-nas --'

/**
 * Runs `work`; an expected failure ends the process with its message and what to do.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function orExit(work) {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof SetupFailure)) throw error
    process.stderr.write(`\nStopped. ${error.message}\n\nWhat to do: ${error.fix}\n`)
    process.exit(1)
  }
}

/**
 * Set-up and build, silent when there is nothing to do.
 * @param {Parameters<typeof setUp>[0]} [options]
 */
export function prepare(options) {
  return orExit(async () => {
    await setUp(options)
    await buildIfStale(createReporter())
  })
}

/**
 * Becomes the command line: loaded into this process, so that signals, exit code and terminal are its own.
 * @param {string[]} args
 */
export function becomeCli(args) {
  const entry = cliEntry()
  process.argv = [process.execPath, entry, ...args]
  createRequire(import.meta.url)(entry)
}
