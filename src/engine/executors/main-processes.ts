// Asks main for processes from inside Electron's utility process: the engine cannot start one itself there.
import { AppError } from '@shared/errors'
import { portFromMain, type MainPortLike } from '@shared/transport/port'
import type { EngineToMain, MainToEngine, ProcessKind } from '@shared/transport/supervision'
import { endedText } from '@shared/runtime/process-end'
import type { ProcessStarter, StartedProcess } from './process-starter'

interface Pending {
  readonly kind: ProcessKind
  resolve(started: StartedProcess): void
  reject(error: AppError): void
  readonly exited: Promise<number | null>
  /** The end of what it wrote to standard error. */
  errors: string
  end(code: number | null): void
}

/** Of what a process wrote: its reason when it dies. */
const KEPT_ERRORS = 4000

export interface MainProcesses {
  readonly start: ProcessStarter
  /** Takes the messages main sends about processes; others are ignored. */
  receive(message: MainToEngine, ports: readonly MainPortLike[]): void
}

/** @param send posts to main over the engine's parent port */
export function mainProcesses(send: (message: EngineToMain) => void): MainProcesses {
  const processes = new Map<number, Pending>()
  let lastId = 0

  const start: ProcessStarter = (kind, env) =>
    new Promise((resolve, reject) => {
      const id = ++lastId
      let end: (code: number | null) => void = () => undefined
      const exited = new Promise<number | null>((ended) => (end = ended))
      processes.set(id, { kind, resolve, reject, exited, end, errors: '' })
      send({ type: 'start-process', id, kind, env })
    })

  const receive = (message: MainToEngine, ports: readonly MainPortLike[]): void => {
    if (message.type === 'process-started') {
      const [port] = ports
      const { id, pid } = message
      const pending = processes.get(id)
      if (pending && port)
        pending.resolve({
          pid,
          port: portFromMain(port),
          exited: pending.exited,
          errors: () => pending.errors,
          kill: () => send({ type: 'kill-process', id }),
        })
    } else if (message.type === 'process-wrote') {
      const pending = processes.get(message.id)
      if (pending) pending.errors = (pending.errors + message.text).slice(-KEPT_ERRORS)
    } else if (message.type === 'process-exited') {
      const pending = processes.get(message.id)
      processes.delete(message.id)
      pending?.end(message.code)
      // Has no effect once it was resolved.
      pending?.reject(
        new AppError(
          'compute-died',
          `The ${pending.kind} process ${endedText(message.code)} before it answered.`,
          'Open Runtime and look at the diagnosis.',
        ),
      )
    }
  }
  return { start, receive }
}
