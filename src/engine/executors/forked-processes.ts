// Starts computes and proofs with child_process.fork: command line, tests, benches.
import { fork } from 'node:child_process'
import { constants } from 'node:os'
import { join } from 'node:path'
import { AppError } from '@shared/errors'
import { portFromIpc } from '@shared/transport/port'
import { endedText } from '@shared/runtime/process-end'
import { typed } from '@node/command-line'
import type { ProcessStarter } from './process-starter'

/** Lines kept of a child's standard error, for the reason when it dies. */
const KEPT_STDERR_BYTES = 4000

/**
 * @param programsFolder folder of the built entries (`compute.js`, `proof.js`, ...)
 * @param report receives the children's output, line by line
 */
export function forkedProcesses(
  programsFolder: string,
  report: (line: string) => void = () => undefined,
): ProcessStarter {
  return (kind, env) =>
    new Promise((resolve, reject) => {
      const child = fork(join(programsFolder, `${kind}.js`), [], {
        env: { ...process.env, ...env },
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
        serialization: 'json',
      })
      let tail = ''
      child.stdout?.on('data', (chunk: Buffer) => report(chunk.toString('utf8').trimEnd()))
      child.stderr?.on('data', (chunk: Buffer) => {
        tail = (tail + chunk.toString('utf8')).slice(-KEPT_STDERR_BYTES)
        report(chunk.toString('utf8').trimEnd())
      })
      const exited = new Promise<number | null>((ended) =>
        child.once('exit', (code, signal) => ended(signal === null ? code : 128 + constants.signals[signal])),
      )
      child.once('error', (cause) =>
        reject(
          new AppError(
            'compute-died',
            `The ${kind} process could not be started: ${cause.message}`,
            `Run "${typed('doctor')}".`,
            { cause },
          ),
        ),
      )
      void exited.then((code) =>
        reject(
          new AppError(
            'compute-died',
            `The ${kind} process ${endedText(code)} before it answered. ${tail.trim()}`,
            `Run "${typed('doctor')}".`,
          ),
        ),
      )
      child.once('spawn', () => {
        const kill = (): void => void child.kill('SIGKILL')
        resolve({ pid: child.pid ?? 0, port: portFromIpc(child), exited, errors: () => tail, kill })
      })
    })
}
