// Mounts a component in a whole app around it: stores, texts, fake engine, fake host.
import { mount, type VueWrapper } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { TooltipProvider } from 'reka-ui'
import { defineComponent, h, type Component } from 'vue'
import { createEngineConnection, type EngineConnection } from '@/api/engine-client'
import { engineKey, hostKey } from '@/api/keys'
import { createLocale } from '@/locales'
import type { Dropped, EngineState, HostFacts, HostOutcome, WorkbenchHost } from '@shared/contract/window'
import { BUILT_FOR_ELECTRON } from '@shared/runtime/electron-build'
import { createFakeEngine, type FakeEngine } from './fake-engine'
import { emptyState, type FakeState } from './fake-state'

export interface FakeHost extends WorkbenchHost {
  readonly copied: string[]
  readonly shown: string[]
  readonly notified: string[]
  setEngineState(state: EngineState): void
  drop(dropped: HostOutcome<Dropped>): void
}

export function createFakeHost(facts: Partial<HostFacts> = {}): FakeHost {
  const listeners = new Set<(state: EngineState) => void>()
  const dropListeners = new Set<(dropped: HostOutcome<Dropped>) => void>()
  let engineState: EngineState = { state: 'ready' }
  const copied: string[] = []
  const shown: string[] = []
  const notified: string[] = []
  return {
    copied,
    shown,
    notified,
    facts: {
      platform: 'linux',
      appVersion: '0.1.0',
      electron: BUILT_FOR_ELECTRON,
      chrome: '140.0.1',
      node: '22',
      packaged: false,
      isForTesting: false,
      ...facts,
    },
    chooseFolder: () => Promise.resolve('/home/ada/models'),
    onDropped(listener) {
      dropListeners.add(listener)
      return () => dropListeners.delete(listener)
    },
    drop(dropped) {
      for (const listener of dropListeners) listener(dropped)
    },
    chooseFile: () => Promise.resolve('/home/ada/pictures.zip'),
    confirmCommand: () => Promise.resolve(true),
    openTextFile: () => Promise.resolve(null),
    saveTextFile: () => Promise.resolve(null),
    showInFolder: (path) => Promise.resolve(void shown.push(path)),
    copyText: (text) => Promise.resolve(void copied.push(text)),
    setProgress: () => undefined,
    notify: ({ title }) => void notified.push(title),
    onEngineState(listener) {
      listeners.add(listener)
      listener(engineState)
      return () => listeners.delete(listener)
    },
    setEngineState(state) {
      engineState = state
      for (const listener of listeners) listener(state)
    },
  }
}

export interface Mounted {
  readonly wrapper: VueWrapper
  readonly engine: FakeEngine
  readonly host: FakeHost
  readonly connection: EngineConnection
}

/** Mounts `component` attached to the document; the caller unmounts. `isConnected: false` leaves the engine away. */
export function mountWithEngine(
  component: Component,
  changes: Partial<FakeState> = {},
  options: { isConnected?: boolean; props?: Record<string, unknown>; facts?: Partial<HostFacts> } = {},
): Mounted {
  localStorage.clear()
  const engine = createFakeEngine(emptyState(changes))
  const host = createFakeHost(options.facts)
  const connection = createEngineConnection()
  if (options.isConnected !== false) connection.accept(engine.port())
  const pinia = createPinia()
  setActivePinia(pinia)
  const root = defineComponent({
    render: () => h(TooltipProvider, null, { default: () => h(component, options.props) }),
  })
  const wrapper = mount(root, {
    attachTo: document.body,
    global: {
      plugins: [pinia, createLocale()],
      provide: { [engineKey as symbol]: connection, [hostKey as symbol]: host },
    },
  })
  return { wrapper, engine, host, connection }
}
