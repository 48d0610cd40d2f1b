// Injection keys of the two ways out of the window: the engine and the host. Stores and components take both from here,
// so a test provides its own.
import type { HostBridge, WorkbenchHost } from '@shared/contract/window'
import { inject, type InjectionKey } from 'vue'
import type { EngineConnection } from './engine-client'

declare global {
  interface Window {
    /** Exposed by preload. */
    readonly workbench: HostBridge
  }
}

export const engineKey: InjectionKey<EngineConnection> = Symbol('engine')
export const hostKey: InjectionKey<WorkbenchHost> = Symbol('host')

function required<T>(key: InjectionKey<T>): T {
  const value = inject(key)
  if (value === undefined) throw new Error(`${String(key.description)} was not provided to this app`)
  return value
}

/** The engine connection of this app. Call in a store's or component's set-up. */
export const useEngine = (): EngineConnection => required(engineKey)

/** File dialogs, clipboard, notifications, engine state. Call in a store's or component's set-up. */
export const useHost = (): WorkbenchHost => required(hostKey)
