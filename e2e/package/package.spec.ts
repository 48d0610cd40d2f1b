// The packaged application on a machine without a checkout: it is copied away, gets an empty home and cache, and must start and
// load TensorFlow from its own folder. It runs as an ordinary user even where the tests run as root, so that Chromium's sandbox is
// on. What the window can do is tested in e2e/ on the unpackaged application.
import { execFileSync } from 'node:child_process'
import { chmod, cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { _electron, expect, test } from '@playwright/test'

/** The user and group `nobody` of every Linux. */
const NOBODY = 65534
const isRoot = process.getuid?.() === 0

let home = ''
let folder = ''
let executable = ''

test.beforeAll(async () => {
  const built = process.env['GPTNAS_PACKAGE']
  if (!built) throw new Error('GPTNAS_PACKAGE must name the folder that npm run package made.')
  home = await mkdtemp(path.join(os.tmpdir(), 'gpt-nas-package-'))
  folder = path.join(home, 'application')
  await cp(built, folder, { recursive: true, verbatimSymlinks: true })
  executable = path.join(folder, 'gpt-nas-workbench')
  if (isRoot) {
    const wrapper = path.join(home, 'as-nobody')
    const drop = `setpriv --reuid=${NOBODY} --regid=${NOBODY} --clear-groups`
    await writeFile(wrapper, `#!/bin/sh\nexec ${drop} "${executable}" "$@"\n`)
    await chmod(wrapper, 0o755)
    executable = wrapper
  }
})

test.afterAll(async () => {
  await rm(home, { recursive: true, force: true })
})

/** Starts the package with nothing of this machine's user but the display; the caller closes it. */
async function launch() {
  if (isRoot) execFileSync('chown', ['-R', `${NOBODY}:${NOBODY}`, home])
  return _electron.launch({
    executablePath: executable,
    // Without it Playwright switches the sandbox off on Linux.
    chromiumSandbox: true,
    args: ['--workspace', path.join(home, 'workspace')],
    cwd: home,
    env: {
      PATH: process.env['PATH'] ?? '',
      DISPLAY: process.env['DISPLAY'] ?? '',
      HOME: home,
      GPTNAS_CACHE: path.join(home, 'no-cache'),
    },
  })
}

test('shows its window, drawn by a sandboxed process', async () => {
  const application = await launch()
  try {
    const window = await application.firstWindow()
    await expect(window).toHaveTitle(/GPT-NAS Workbench/)
    await expect(window.locator('#app')).not.toBeEmpty()
    const pid = await application.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId(),
    )
    // Mode 2 is a seccomp filter: what Chromium's sandbox puts on a renderer and --no-sandbox leaves out.
    expect(await readFile(`/proc/${pid}/status`, 'utf8')).toMatch(/^Seccomp:\t2$/m)
  } finally {
    await application.close()
  }
})

test('its engine opens the workspace: SQLite loads from the package', async () => {
  const application = await launch()
  try {
    await application.firstWindow()
    const entries = () => readdir(path.join(home, 'workspace')).catch(() => [])
    await expect.poll(entries, { timeout: 30_000 }).toContain('workspace.sqlite')
  } finally {
    await application.close()
  }
})

test('loads TensorFlow from its own folder, outside the archive', async () => {
  const probe = path.join(home, 'probe.cjs')
  await writeFile(
    probe,
    `const tf = require(process.argv[2])
     const maps = require('node:fs').readFileSync('/proc/self/maps', 'utf8')
     const library = maps.split('\\n').find((line) => line.includes('libtensorflow_cc'))
     process.parentPort.postMessage({ sum: tf.matMul(tf.ones([3, 3]), tf.ones([3, 3])).sum().dataSync()[0], library })`,
  )
  const application = await launch()
  try {
    const seen = await application.evaluate(({ app, utilityProcess }, script) => {
      const child = utilityProcess.fork(script, [`${app.getAppPath()}/node_modules/@tensorflow/tfjs-node-gpu`])
      return new Promise<{ sum: number; library: string }>((resolve, reject) => {
        child.on('message', resolve)
        child.on('exit', (code) => {
          reject(new Error(`the process ended with ${code} before it answered`))
        })
      })
    }, probe)
    expect(seen.sum).toBe(27)
    expect(seen.library).toContain(`${folder}/resources/app.asar.unpacked`)
  } finally {
    await application.close()
  }
})

test('carries neither source maps nor a development application', async () => {
  const names = await readdir(folder, { recursive: true })
  expect(names.filter((name) => name.endsWith('.map') || name.endsWith('default_app.asar'))).toEqual([])
  expect(names.filter((name) => name.endsWith('.pak') && path.dirname(name).endsWith('locales'))).toEqual([
    'locales/en-US.pak',
  ])
})
