// Runs the programs that set-up leans on (npm, pip, apt, g++, python) and turns their failures into readable ones.
import { spawn } from 'node:child_process'
import { stripVTControlCharacters } from 'node:util'

/** Lines of a failed program's output that are shown: enough for a compiler's or pip's reason. */
const TAIL_LINES = 25

/**
 * Runs a program to its end; never blocks the event loop, so that lock heartbeats go on.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<{ code: number, stdout: string, tail: string }>} code 127 when the program is not there
 */
export function attempt(command, args, options = {}) {
  return new Promise((resolve) => {
    // npm and pip are .cmd files on Windows, which only a shell can start; no argument here is user input.
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
      ...options,
    })
    let stdout = ''
    let all = ''
    const keep = (chunk) => {
      all = (all + chunk).slice(-20000)
    }
    child.stdout.on('data', (chunk) => {
      stdout += chunk
      keep(chunk)
    })
    child.stderr.on('data', keep)
    child.on('error', (error) => resolve({ code: 127, stdout, tail: error.message }))
    child.on('close', (code, signal) => {
      const tail = stripVTControlCharacters(all).trimEnd().split('\n').slice(-TAIL_LINES).join('\n')
      resolve({ code: code ?? 1, stdout, tail: signal ? `${tail}\nended by ${signal}` : tail })
    })
  })
}

/**
 * Finds the first of several commands that answers.
 * @param {string[][]} candidates each a command with its leading arguments
 * @param {string[]} probe arguments that make it answer, such as `--version`
 * @returns {Promise<string[] | undefined>}
 */
export async function firstWorking(candidates, probe) {
  for (const [command, ...lead] of candidates) {
    const { code } = await attempt(command, [...lead, ...probe])
    if (code === 0) return [command, ...lead]
  }
  return undefined
}
