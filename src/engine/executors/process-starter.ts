// How the engine gets a process: one function, two ways. In the app main starts utility processes on request, in the
// command line and in tests Node forks. Both give a port, an exit and a kill.
import type { Port } from '@shared/transport/port'
import type { ProcessKind } from '@shared/transport/supervision'

export interface StartedProcess {
  readonly pid: number
  readonly port: Port
  /** Resolves with the exit code; 128 and the signal's number where a signal ended it, as shells tell it; null when unknown. */
  readonly exited: Promise<number | null>
  /** The end of what it has written to standard error, where whoever starts it reads that: TensorFlow says there why it uses no card. */
  readonly errors?: () => string
  /** SIGKILL: a native call cannot be asked to stop. */
  kill(): void
}

/** @throws AppError `compute-died` when the process ends before it could be reached. */
export type ProcessStarter = (kind: ProcessKind, env: Readonly<Record<string, string>>) => Promise<StartedProcess>
