// The one window: created hidden, shown when drawn; remembers its bounds; nothing may navigate, open or be granted.
import { BrowserWindow, nativeTheme, screen, session } from 'electron'
import { join } from 'node:path'
import { readJsonSync } from '@node/json-file'
import { writeFileWholeSync } from '@node/whole-file'
import { DEFAULT_BOUNDS, usableBounds, type Bounds } from './window-bounds'
import { isPage, PAGE_URL } from './page'

/** @param file where the last session left them; a first start, or a file nobody needs to be told about, gives the default */
function readBounds(file: string): Bounds {
  try {
    return usableBounds(
      readJsonSync(file),
      screen.getAllDisplays().map(({ workArea }) => workArea),
    )
  } catch {
    return DEFAULT_BOUNDS
  }
}

/**
 * @param stateFolder where the window's bounds are kept
 * @param icon a PNG; one that is missing leaves the desktop's own
 */
export function createWindow(stateFolder: string, icon: string): BrowserWindow {
  const boundsFile = join(stateFolder, 'window.json')
  const { maximized, ...bounds } = readBounds(boundsFile)
  const window = new BrowserWindow({
    ...bounds,
    minWidth: 1024,
    minHeight: 640,
    show: false,
    title: 'GPT-NAS Workbench',
    icon,
    autoHideMenuBar: true,
    // The page's own background (styles/tokens.css), so that nothing flashes white before it is drawn.
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#14161a' : '#f5f6f8',
    webPreferences: {
      preload: join(__dirname, '../preload/index.js'),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
      spellcheck: false,
      // A search must stay visible when the window is behind others.
      backgroundThrottling: false,
    },
  })
  if (maximized) window.maximize()
  window.once('ready-to-show', () => window.show())
  window.on('close', () => {
    const state: Bounds = { ...window.getNormalBounds(), maximized: window.isMaximized() }
    try {
      writeFileWholeSync(boundsFile, JSON.stringify(state))
    } catch {
      return // a full disk costs the window its place, nothing else
    }
  })
  // Chromium asks nobody before it goes to about:blank: whatever else is shown gives way to the page again.
  window.webContents.on('did-navigate', (_event, url) => {
    if (!isPage(url)) void window.loadURL(PAGE_URL)
  })
  void window.loadURL(PAGE_URL)
  return window
}

/**
 * Chromium finds no host by any name: the page's files come from app://, and what the engine downloads it fetches without Chromium.
 * Before `app` is ready.
 */
export function sendNothing({ commandLine }: Pick<Electron.App, 'commandLine'>): void {
  commandLine.appendSwitch('host-resolver-rules', 'MAP * ~NOTFOUND')
  for (const name of ['disable-background-networking', 'disable-component-update', 'disable-domain-reliability'])
    commandLine.appendSwitch(name)
}

/** For every web contents: no new windows, no navigation away, no permissions, no webviews. */
export function denyEverythingElse(app: Electron.App): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.setWindowOpenHandler(() => ({ action: 'deny' }))
    contents.on('will-navigate', (event, url) => {
      if (!isPage(url)) event.preventDefault()
    })
    contents.on('will-attach-webview', (event) => event.preventDefault())
  })
  void app.whenReady().then(() => {
    // Chromium would fetch a dictionary for its spelling even where no page asks for one.
    session.defaultSession.setSpellCheckerEnabled(false)
    session.defaultSession.setSpellCheckerLanguages([])
    session.defaultSession.setPermissionRequestHandler((_contents, _permission, decide) => decide(false))
    session.defaultSession.setPermissionCheckHandler(() => false)
  })
}
