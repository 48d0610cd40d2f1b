// The bridge: exposes the typed host functions and hands the engine's port to the page. No logic of its own.
import * as electron from 'electron'
import { contextBridge, ipcRenderer, type IpcRendererEvent } from 'electron'
import {
  ENGINE_PORT_MESSAGE,
  HOST_CHANNELS,
  type Dropped,
  type EngineState,
  type HostBridge,
  type HostFacts,
  type HostOutcome,
} from '@shared/contract/window'
import { listenForDrops } from './dropped-files'

let engineState: EngineState = { state: 'starting' }
const listeners = new Set<(state: EngineState) => void>()

ipcRenderer.on(HOST_CHANNELS.engineState, (_event: IpcRendererEvent, state: EngineState) => {
  engineState = state
  for (const listener of listeners) listener(state)
})

ipcRenderer.on(ENGINE_PORT_MESSAGE, (event: IpcRendererEvent) => {
  const [port] = event.ports
  // Main sends it after the page has loaded, so the page's modules are listening. Same-window message: no other origin can see it.
  if (port) window.postMessage({ type: ENGINE_PORT_MESSAGE }, '*', [port])
})

/** Electron 22 keeps the path on the file, newer ones tell it here alone. */
function placeOf(file: File): string {
  const { webUtils } = electron as { webUtils?: { getPathForFile(file: File): string } }
  return webUtils?.getPathForFile(file) ?? (file as File & { path?: string }).path ?? ''
}

const onDropped = listenForDrops(
  window,
  placeOf,
  (place) => ipcRenderer.invoke(HOST_CHANNELS.droppedPlace, place) as Promise<HostOutcome<Dropped>>,
)

const host: HostBridge = {
  facts: ipcRenderer.sendSync(HOST_CHANNELS.facts) as HostFacts,
  chooseFolder: (options) =>
    ipcRenderer.invoke(HOST_CHANNELS.chooseFolder, options) as ReturnType<HostBridge['chooseFolder']>,
  chooseFile: (options) =>
    ipcRenderer.invoke(HOST_CHANNELS.chooseFile, options) as ReturnType<HostBridge['chooseFile']>,
  openTextFile: (options) =>
    ipcRenderer.invoke(HOST_CHANNELS.openTextFile, options) as ReturnType<HostBridge['openTextFile']>,
  saveTextFile: (options) =>
    ipcRenderer.invoke(HOST_CHANNELS.saveTextFile, options) as ReturnType<HostBridge['saveTextFile']>,
  onDropped,
  confirmCommand: (command) =>
    ipcRenderer.invoke(HOST_CHANNELS.confirmCommand, command) as ReturnType<HostBridge['confirmCommand']>,
  showInFolder: (path) =>
    ipcRenderer.invoke(HOST_CHANNELS.showInFolder, path) as ReturnType<HostBridge['showInFolder']>,
  copyText: (text) => ipcRenderer.invoke(HOST_CHANNELS.copyText, text) as ReturnType<HostBridge['copyText']>,
  setProgress: (progress) => ipcRenderer.send(HOST_CHANNELS.setProgress, progress),
  notify: (message) => ipcRenderer.send(HOST_CHANNELS.notify, message),
  onEngineState: (listener) => {
    listeners.add(listener)
    listener(engineState)
    return () => listeners.delete(listener)
  },
}

contextBridge.exposeInMainWorld('workbench', host)
