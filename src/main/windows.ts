// The one window: created hidden, shown when drawn; remembers its bounds; nothing may navigate, open or be granted.
import { BrowserWindow, nativeTheme, session } from 'electron'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeFileAtomically } from './atomic-file'
import { PAGE_URL } from './protocol'

interface Bounds {
  readonly x?: number
  readonly y?: number
  readonly width: number
  readonly height: number
  readonly maximized: boolean
}

const DEFAULT_BOUNDS: Bounds = { width: 1440, height: 900, maximized: false }

function readBounds(file: string): Bounds {
  try {
    const stored = JSON.parse(readFileSync(file, 'utf8')) as Partial<Bounds>
    const isSize = (value: unknown): value is number => typeof value === 'number' && value >= 400 && value <= 20_000
    if (!isSize(stored.width) || !isSize(stored.height)) return DEFAULT_BOUNDS
    return { ...DEFAULT_BOUNDS, ...stored, width: stored.width, height: stored.height }
  } catch {
    return DEFAULT_BOUNDS // first start, or a file nobody needs to be told about
  }
}

/** @param stateFolder where the window's bounds are kept */
export function createWindow(stateFolder: string): BrowserWindow {
  const boundsFile = join(stateFolder, 'window.json')
  const { maximized, ...bounds } = readBounds(boundsFile)
  const window = new BrowserWindow({
    ...bounds,
    minWidth: 1024,
    minHeight: 640,
    show: false,
    title: 'GPT-NAS Workbench',
    autoHideMenuBar: true,
    // The page's own background, so that nothing flashes white before it is drawn.
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#16181d' : '#f7f8fa',
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
    writeFileAtomically(boundsFile, JSON.stringify(state))
  })
  void window.loadURL(PAGE_URL)
  return window
}

/** For every web contents: no new windows, no navigation away, no permissions, no webviews. */
export function denyEverythingElse(app: Electron.App): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.setWindowOpenHandler(() => ({ action: 'deny' }))
    contents.on('will-navigate', (event, url) => {
      if (url !== PAGE_URL) event.preventDefault()
    })
    contents.on('will-attach-webview', (event) => event.preventDefault())
  })
  void app.whenReady().then(() => {
    session.defaultSession.setPermissionRequestHandler((_contents, _permission, decide) => decide(false))
    session.defaultSession.setPermissionCheckHandler(() => false)
  })
}
