// The packaged application on a machine without a checkout: it is copied away, gets an empty home and cache, and must start and
// load TensorFlow from its own folder. What the window can do is tested in e2e/ on the unpackaged application.
import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { _electron, expect, test } from '@playwright/test'

let home = ''
let folder = ''

test.beforeAll(async () => {
  const built = process.env.GPTNAS_PACKAGE
  if (!built) throw new Error('GPTNAS_PACKAGE must name the folder that npm run package made.')
  home = await mkdtemp(path.join(os.tmpdir(), 'gpt-nas-package-'))
  folder = path.join(home, 'application')
  await cp(built, folder, { recursive: true, verbatimSymlinks: true })
})

test.afterAll(async () => {
  await rm(home, { recursive: true, force: true })
})

async function launch() {
  // Chromium refuses its sandbox to root; for everybody else it stays on.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  return _electron.launch({
    executablePath: path.join(folder, 'gpt-nas-workbench'),
    args: [...sandbox, '--workspace', path.join(home, 'workspace')],
    cwd: home,
    env: {
      PATH: process.env.PATH ?? '',
      DISPLAY: process.env.DISPLAY ?? '',
      HOME: home,
      GPTNAS_CACHE: path.join(home, 'no-cache'),
    },
  })
}

test('shows its window', async () => {
  const application = await launch()
  try {
    const window = await application.firstWindow()
    await expect(window).toHaveTitle(/GPT-NAS Workbench/)
    await expect(window.locator('#app')).not.toBeEmpty()
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
