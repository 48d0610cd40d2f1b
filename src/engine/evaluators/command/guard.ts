// Ends a program of the user's with everything it has started, also where this process is killed first. A shell of its own session
// waits for a pipe to close, which the system does for whoever dies; then it kills the program's group, and on Linux whatever
// else has the program's mark in its environment, so that a child which left the group is found too.
import { spawn, type ChildProcess } from 'node:child_process'
import { within } from '@node/waiting'

/** Environment variable that every process of a program inherits, with a value of that start alone. */
export const MARK = 'GPTNAS_MARK'

/**
 * `$1` is the group, `$2` the mark. A group is killed at once, so nothing in it forks away; what left it is looked for until nothing
 * is found, sixty times at most: a program that outruns that clears its environment as well, and no sweep would find it.
 */
const SCRIPT = `cat >/dev/null
kill -KILL -- "-$1" 2>/dev/null
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
  for j in 1 2; do
    found=$(grep -ls -e "$2" /proc/[0-9]*/environ 2>/dev/null | tr -dc '0-9\\n')
    [ -z "$found" ] && exit 0
    kill -KILL $found 2>/dev/null
  done
done`

/** Longest that a sweep of a large machine's processes takes, many times over; chosen by us. */
const END_MS = 10_000

export interface Guard {
  /** Ends whatever is left of the program; resolves when it is gone. */
  end(): Promise<void>
}

/** Watches over a program that leads the process group `pid`. */
export function startGuard(pid: number, mark: string): Guard {
  if (process.platform === 'win32') return { end: () => endTree(pid) }
  const shell = spawn('/bin/sh', ['-c', SCRIPT, 'gpt-nas-guard', String(pid), `${MARK}=${mark}`], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // Not ended by Ctrl-C in the terminal, nor by what ends the program.
    detached: true,
    env: { PATH: process.env['PATH'] },
  })
  const ended = exitOf(shell)
  // It may have ended already; then there is nobody to tell.
  shell.stdin.on('error', () => undefined)
  return {
    end: async () => {
      shell.stdin.end()
      await within(END_MS, ended, () => {
        shell.kill('SIGKILL')
      })
      killGroup(pid)
    },
  }
}

const exitOf = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })

/** Not proven: no Windows machine was there to try it. */
function endTree(pid: number): Promise<void> {
  return exitOf(spawn('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore' }))
}

/** Where the shell could not be started. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // Nothing is left of it.
  }
}

/** Asks a program and what it has started to end. */
export function askToEnd(pid: number): void {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGTERM')
  } catch {
    // It has just ended.
  }
}
