// The host as stores and components use it, made of what preload exposes: an answer is a value or an AppError with its remedy.
import type { HostBridge, HostOutcome, WorkbenchHost } from '@shared/contract/window'
import { appErrorOf } from './errors'

/** @throws AppError what main could not do */
export function valueOf<T>(outcome: HostOutcome<T>): T {
  if ('value' in outcome) return outcome.value
  throw appErrorOf(outcome.failed)
}

export function hostOf(bridge: HostBridge): WorkbenchHost {
  return {
    ...bridge,
    chooseFolder: async (options) => valueOf(await bridge.chooseFolder(options)),
    chooseFile: async (options) => valueOf(await bridge.chooseFile(options)),
    openTextFile: async (options) => valueOf(await bridge.openTextFile(options)),
    saveTextFile: async (options) => valueOf(await bridge.saveTextFile(options)),
    confirmCommand: async (command) => valueOf(await bridge.confirmCommand(command)),
    showInFolder: async (path) => valueOf(await bridge.showInFolder(path)),
    copyText: async (text) => valueOf(await bridge.copyText(text)),
  }
}
