// The app's boot, in order. Each line is a set-up of its own file; the window opens last, after everything it needs exists.
import { app, dialog } from 'electron'
import { join } from 'node:path'
import { CHECKOUT_COMMAND, COMMAND_VARIABLE } from '@node/command-line'
import { faultText, surviveUnhandledRejections } from '@node/unhandled'
import { EngineHost } from './processes/engine-host'
import { createChosenPlaces } from './chosen-places'
import { setupHostFunctions } from './host-functions'
import { openLog } from './log'
import { setupMenu } from './menu'
import { argument, readOptions } from './options'
import { declareProtocol, serveRenderer } from './protocol'
import { createWindow, denyEverythingElse, sendNothing } from './windows'

// The engine and its computes inherit it, and write advice with it.
if (!app.isPackaged) process.env[COMMAND_VARIABLE] ??= CHECKOUT_COMMAND

const userData = argument(process.argv, 'user-data')
if (userData) app.setPath('userData', userData)

declareProtocol()
sendNothing(app)
// It would drop --no-sandbox again, which root needs to start at all; the start scripts pass that for root only.
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox()
denyEverythingElse(app)

if (!app.requestSingleInstanceLock()) app.quit()
else app.whenReady().then(boot).catch(giveUp)

/** Without its folders or its window there is no workbench, and nothing but this can say so. */
function giveUp(thrown: unknown): void {
  dialog.showErrorBox('GPT-NAS Workbench could not start', thrown instanceof Error ? thrown.message : String(thrown))
  app.exit(1)
}

function boot(): void {
  const log = openLog(join(app.getPath('userData'), 'logs'))
  surviveUnhandledRejections((thrown) => log(`A fault in main: ${faultText(thrown)}`))
  const { iconFile, ...folders } = readOptions()
  const chosen = createChosenPlaces()
  const engine = new EngineHost({ ...folders, appVersion: app.getVersion() }, chosen, log)
  setupMenu()
  setupHostFunctions(chosen)
  serveRenderer(join(__dirname, '../renderer'))
  engine.start()
  const window = createWindow(app.getPath('userData'), iconFile)
  window.webContents.on('did-finish-load', () => engine.attach(window.webContents))
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    log(`The page's process is gone (${reason}); it is loaded again.`)
    if (!window.isDestroyed()) window.reload()
  })
  app.on('second-instance', () => {
    if (window.isMinimized()) window.restore()
    window.focus()
  })
  let isEngineClosed = false
  app.on('window-all-closed', () => app.quit())
  app.on('before-quit', (event) => {
    if (isEngineClosed) return
    event.preventDefault()
    void engine.close().finally(() => {
      isEngineClosed = true
      app.quit()
    })
  })
}
