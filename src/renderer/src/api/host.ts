// The host as stores and components use it, made of what preload exposes: an answer is a value or an AppError with its remedy.
import type { HostBridge, HostOutcome, WorkbenchHost } from '@shared/contract/window'
import { AppError } from '@shared/errors'

/** @throws AppError what main could not do */
export function valueOf<T>(outcome: HostOutcome<T>): T {
  if ('value' in outcome) return outcome.value
  const { code, message, fix, commandLine } = outcome.failed
  throw new AppError(code, message, fix, commandLine === undefined ? {} : { commandLine })
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
