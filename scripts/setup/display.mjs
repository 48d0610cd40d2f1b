// Whether windows can be shown, and a virtual display for the tests where they cannot.
import { spawn } from 'node:child_process'
import { SetupFailure } from './failure.mjs'

/** Only Linux can be without a display server for a logged-in user. */
export function hasDisplay(env = process.env) {
  return process.platform !== 'linux' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY)
}

/**
 * Starts a virtual X display on a free number.
 * @returns {Promise<{ name: string, stop: () => void }>} `name` is what DISPLAY must be; the caller stops it
 * @throws {SetupFailure} when Xvfb does not start
 */
export function startVirtualDisplay() {
  return new Promise((resolve, reject) => {
    const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1600x1000x24', '-nolisten', 'tcp'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    })
    const fail = (reason) =>
      reject(
        new SetupFailure(`A virtual display could not be started: ${reason}.`, 'Debian, Ubuntu: apt-get install xvfb'),
      )
    server.on('error', (error) => fail(error.message))
    server.on('exit', (code) => fail(`Xvfb ended with ${code}`))
    server.stdio[3].once('data', (number) => {
      resolve({ name: `:${String(number).trim()}`, stop: () => server.kill() })
    })
  })
}
