// Main's side of `window.workbench`: every message is checked for its sender and its shape before anything happens.
import {
  app,
  BrowserWindow,
  clipboard,
  dialog,
  ipcMain,
  Notification,
  shell,
  type IpcMainEvent,
  type IpcMainInvokeEvent,
} from 'electron'
import { isAbsolute, join } from 'node:path'
import { z } from 'zod'
import { HOST_CHANNELS, type HostFacts, type HostOutcome } from '@shared/contract/window'
import { errorData } from '@shared/errors'
import { commandKey, commandSchema, commandText } from '@shared/evaluators/command'
import { MIB } from '@shared/units'
import { readTextFile } from '@node/text-file'
import type { ChosenPlaces } from './chosen-places'
import { readDropped } from './dropped-file'
import { isPackageForTesting } from './package-kind'
import { isPage } from './page'
import { saveText } from './save-text'

/** Largest text file the page may be given. */
const MAX_TEXT_BYTES = 16 * MIB

const titled = z.object({ title: z.string().max(200) })
const openRequest = titled.extend({ extensions: z.array(z.string().regex(/^[a-z0-9.]{1,20}$/)).max(10) })
const saveRequest = titled.extend({ defaultName: z.string().max(200), text: z.string().max(MAX_TEXT_BYTES) })
const progressRequest = z.object({ fraction: z.number().min(0).max(1).nullable(), title: z.string().max(300) })
const noticeRequest = z.object({ title: z.string().max(200), body: z.string().max(2000) })

/** Not a share of another machine, which the system would log in to just to show it. */
const localPath = z
  .string()
  .max(4096)
  .refine((path) => isAbsolute(path) && !/^[\\/]{2}/.test(path), 'must be an absolute path on this machine')

/** Our page in its main frame; anything else is refused. */
function isOurs(event: IpcMainInvokeEvent | IpcMainEvent): boolean {
  const frame = event.senderFrame
  return frame !== null && frame.parent === null && isPage(frame.url)
}

function readFacts(): HostFacts {
  const { electron = '', chrome = '', node = '' } = process.versions
  return {
    platform: process.platform,
    appVersion: app.getVersion(),
    electron,
    chrome,
    node,
    packaged: app.isPackaged,
    isForTesting: isPackageForTesting(app.getAppPath()),
  }
}

/** Every file name a dialog offers is cut to its last part: a page never chooses the folder. */
const baseName = (name: string): string => name.split(/[\\/]/).pop() || 'untitled'

/** Errors cross as data. */
async function outcomeOf<T>(answer: () => Promise<T>): Promise<HostOutcome<T>> {
  try {
    return { value: await answer() }
  } catch (thrown) {
    return { failed: errorData(thrown) }
  }
}

/** @param chosen is told what a person picks, before the page is: the engine takes no other places from a page */
export function setupHostFunctions(chosen: Pick<ChosenPlaces, 'add' | 'addDropped' | 'confirm'>): void {
  const handle = <T>(
    channel: string,
    schema: z.ZodType<T>,
    answer: (input: T, window: BrowserWindow) => Promise<unknown>,
  ): void => {
    ipcMain.handle(channel, async (event, input: unknown) => {
      const window = BrowserWindow.fromWebContents(event.sender)
      if (!isOurs(event) || !window) throw new Error(`${channel}: refused, the sender is not the workbench page`)
      return outcomeOf(async () => answer(schema.parse(input), window))
    })
  }
  const listen = <T>(channel: string, schema: z.ZodType<T>, act: (input: T, window: BrowserWindow) => void): void => {
    ipcMain.on(channel, (event, input: unknown) => {
      const window = BrowserWindow.fromWebContents(event.sender)
      const parsed = schema.safeParse(input)
      if (isOurs(event) && window && parsed.success) act(parsed.data, window)
    })
  }

  const facts = readFacts()
  // Synchronous once per page: preload needs the facts before the page's first line runs.
  ipcMain.on(HOST_CHANNELS.facts, (event) => {
    event.returnValue = isOurs(event) ? facts : null
  })
  handle(HOST_CHANNELS.chooseFolder, titled, async ({ title }, window) => {
    const { filePaths } = await dialog.showOpenDialog(window, {
      title,
      properties: ['openDirectory', 'createDirectory'],
    })
    const [picked] = filePaths
    return picked === undefined ? null : chosen.add(picked)
  })
  handle(HOST_CHANNELS.chooseFile, openRequest, async ({ title, extensions }, window) => {
    const { filePaths } = await dialog.showOpenDialog(window, {
      title,
      properties: ['openFile'],
      ...(extensions.length > 0 && { filters: [{ name: title, extensions }] }),
    })
    const [picked] = filePaths
    return picked === undefined ? null : chosen.add(picked)
  })
  // Preload has it from the event itself, which no script of the page can make; main cannot see a drop, so nothing is ever written there.
  handle(HOST_CHANNELS.droppedPlace, localPath, async (path) =>
    readDropped(await chosen.addDropped(path), MAX_TEXT_BYTES),
  )
  handle(HOST_CHANNELS.openTextFile, openRequest, async ({ title, extensions }, window) => {
    const { filePaths } = await dialog.showOpenDialog(window, {
      title,
      properties: ['openFile'],
      filters: [{ name: title, extensions }],
    })
    const path = filePaths[0]
    if (!path) return null
    const { text } = await readTextFile(path, { what: 'design', maxBytes: MAX_TEXT_BYTES })
    return { path, text }
  })
  handle(HOST_CHANNELS.saveTextFile, saveRequest, async ({ title, defaultName, text }, window) => {
    const defaultPath = join(app.getPath('documents'), baseName(defaultName))
    // Linux asks only where it is told to.
    const { filePath } = await dialog.showSaveDialog(window, {
      title,
      defaultPath,
      properties: ['showOverwriteConfirmation', 'createDirectory'],
    })
    return filePath ? saveText(filePath, text) : null
  })
  handle(HOST_CHANNELS.confirmCommand, commandSchema, async (command, window) => {
    const { response } = await dialog.showMessageBox(window, {
      type: 'warning',
      message: 'Let searches start this program?',
      detail: `${commandText(command)}\n\nin the folder ${command.folder ?? 'of the program'}\n\nIt runs with your rights for each architecture. Allow it only if you know what it does.`,
      buttons: ['Cancel', 'Allow'],
      defaultId: 0,
      cancelId: 0,
      noLink: true,
    })
    if (response === 1) chosen.confirm(commandKey(command))
    return response === 1
  })
  handle(HOST_CHANNELS.showInFolder, localPath, (path) => {
    shell.showItemInFolder(path)
    return Promise.resolve()
  })
  handle(HOST_CHANNELS.copyText, z.string().max(MAX_TEXT_BYTES), async (text) => {
    await clipboard.writeText(text) // a promise in current Electrons only
  })
  listen(HOST_CHANNELS.setProgress, progressRequest, ({ fraction, title }, window) => {
    window.setProgressBar(fraction ?? -1)
    window.setTitle(title || 'GPT-NAS Workbench')
  })
  listen(HOST_CHANNELS.notify, noticeRequest, ({ title, body }) => {
    if (Notification.isSupported()) new Notification({ title, body }).show()
  })
}
