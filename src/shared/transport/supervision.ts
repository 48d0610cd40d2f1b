// What main and the engine tell each other outside the contract: ports of new clients, processes to start, signs of life.
// Everything else goes through the contract.

/** Programs of the build that may be started as a child: one entry each in electron.vite.config.ts. */
export const PROCESS_KINDS = ['compute', 'proof', 'self-check'] as const
export type ProcessKind = (typeof PROCESS_KINDS)[number]

/** What a window wants with a place. */
export type PlaceUse = 'read' | 'write'

export type MainToEngine =
  /** Carries the port of a window. */
  | { readonly type: 'client' }
  /** Carries the port of the process. */
  | { readonly type: 'process-started'; readonly id: number; readonly pid: number }
  /** What a process wrote to its standard error: TensorFlow says there why it uses no card. */
  | { readonly type: 'process-wrote'; readonly id: number; readonly text: string }
  | { readonly type: 'process-exited'; readonly id: number; readonly code: number | null }
  /** Answers `is-chosen` and `is-confirmed`. */
  | { readonly type: 'chosen'; readonly id: number; readonly isChosen: boolean }
  | { readonly type: 'shutdown' }

export type EngineToMain =
  | { readonly type: 'ready' }
  /** Every second; main restarts an engine that falls silent. */
  | { readonly type: 'heartbeat' }
  | {
      readonly type: 'start-process'
      readonly id: number
      readonly kind: ProcessKind
      readonly env: Readonly<Record<string, string>>
    }
  | { readonly type: 'kill-process'; readonly id: number }
  /** Whether a person picked this place, or a folder above it, for this use: a window has named it. */
  | { readonly type: 'is-chosen'; readonly id: number; readonly place: string; readonly use: PlaceUse }
  /** Whether a person said in a dialog that this command may be started: a window has asked for it. */
  | { readonly type: 'is-confirmed'; readonly id: number; readonly command: string }
  /** The engine cannot start at all; main shows it and does not restart. `canRestore`: it serves the copies of the database alone. */
  | { readonly type: 'fatal'; readonly message: string; readonly fix: string | undefined; readonly canRestore: boolean }
  /** It ends and is to be started again: a copy of the database was put back. No crash. */
  | { readonly type: 'restart' }
  | { readonly type: 'closed' }

/** What main passes to the engine as its first argument, as JSON. */
export interface EngineArguments {
  readonly workspaceFolder: string
  readonly cacheFolder: string
  readonly resourcesFolder: string
  readonly appVersion: string
  /** Resume runs that an engine crash interrupted: true only when the supervisor restarted it. */
  readonly autoResume: boolean
}
