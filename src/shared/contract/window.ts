// What preload exposes to the page as `window.workbench`: file dialogs, facts about the host, the engine's state.
// The engine itself is reached over a MessagePort that preload hands on by `postMessage`.

import type { ErrorData } from '../errors'
import type { Command } from '../evaluators/command'

/** `data.type` of the window message that carries the engine's port: after the page has loaded and again after every engine restart. */
export const ENGINE_PORT_MESSAGE = 'gptnas:engine-port'

export type EngineState =
  | { readonly state: 'starting' }
  | { readonly state: 'ready' }
  /** It ended unexpectedly and comes back by itself. */
  | { readonly state: 'restarting'; readonly attempt: number }
  /** It cannot run; the message says why. */
  | {
      readonly state: 'failed'
      readonly message: string
      readonly fix?: string | undefined
      /** The database is damaged, and a copy of it may be put back. */
      readonly canRestore?: boolean
    }

export interface HostFacts {
  readonly platform: string
  readonly appVersion: string
  readonly electron: string
  readonly chrome: string
  readonly node: string
  readonly packaged: boolean
  /** A package that was made to be tested, not to be used. */
  readonly isForTesting: boolean
}

/** What a person dropped on the window. */
export interface Dropped {
  readonly path: string
  /** Of a design, a picture or an export of ours; null for a network of another program, which is imported. */
  readonly text: string | null
}

/** What the page asks of main, as `hostOf` (renderer) makes it of the bridge. Refusals are AppErrors. */
export interface WorkbenchHost {
  readonly facts: HostFacts
  /** A folder the user picked, or null. */
  chooseFolder(options: { readonly title: string }): Promise<string | null>
  /** Path of a file the user picked, or null; its content stays where it is. No extensions mean any file. */
  chooseFile(options: { readonly title: string; readonly extensions: readonly string[] }): Promise<string | null>
  /** Text of a file the user picked, or null. Refuses files over 16 MiB. */
  openTextFile(options: {
    readonly title: string
    readonly extensions: readonly string[]
  }): Promise<{ path: string; text: string } | null>
  /** Writes text where the user says (temporary file, then rename); the path, or null. */
  saveTextFile(options: {
    readonly title: string
    readonly defaultName: string
    readonly text: string
  }): Promise<string | null>
  /**
   * Calls back with each file or folder that a person drops on the window, or with why it cannot be read. Returns the unsubscribe
   * function.
   */
  onDropped(listener: (dropped: HostOutcome<Dropped>) => void): () => void
  /** Asks the person whether searches may start this program; the engine believes no other yes of a window. */
  confirmCommand(command: Command): Promise<boolean>
  /** Shows a file or folder of the workspace or an export in the system's file manager. */
  showInFolder(path: string): Promise<void>
  copyText(text: string): Promise<void>
  /** 0..1 on the taskbar, null to clear; `title` is shown in the window's title. */
  setProgress(progress: { readonly fraction: number | null; readonly title: string }): void
  notify(message: { readonly title: string; readonly body: string }): void
  /** Calls back at once with the present state, then on every change. Returns the unsubscribe function. */
  onEngineState(listener: (state: EngineState) => void): () => void
}

/** An answer of main: an error that was thrown there would arrive as a sentence of Electron's, without its remedy. */
export type HostOutcome<T> = { readonly value: T } | { readonly failed: ErrorData }

/** What preload exposes: the host as above, its answers as outcomes. */
export type HostBridge = {
  readonly [Name in keyof WorkbenchHost]: WorkbenchHost[Name] extends (...input: infer Input) => Promise<infer Value>
    ? (...input: Input) => Promise<HostOutcome<Value>>
    : WorkbenchHost[Name]
}

/** Names of the ipc channels behind it, used by main and preload only. */
export const HOST_CHANNELS = {
  facts: 'host:facts',
  chooseFolder: 'host:choose-folder',
  chooseFile: 'host:choose-file',
  droppedPlace: 'host:dropped-place',
  openTextFile: 'host:open-text-file',
  saveTextFile: 'host:save-text-file',
  confirmCommand: 'host:confirm-command',
  showInFolder: 'host:show-in-folder',
  copyText: 'host:copy-text',
  setProgress: 'host:set-progress',
  notify: 'host:notify',
  engineState: 'host:engine-state',
} as const
