// The packaged application on a machine without a checkout: it is copied away, into a folder with a space and an umlaut that its user
// may not write, gets an empty home and cache, and must start, load TensorFlow from its own folder, train and export. It runs as an
// ordinary user even where the tests run as root, so that Chromium's sandbox is on. What else the window can do is tested in e2e/ on
// the unpackaged application.
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { listPackage } from '@electron/asar'
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { _electron, expect, test } from '@playwright/test'
import { testIds } from '../../src/renderer/src/lib/ids'
import { OFFLINE, preparedSample } from '../fixtures/first-run'
import { Workbench } from '../pages/workbench'
import { DATASET, writeDataset } from '../../tests/faults/dataset'

/** The user and group `nobody` of every Linux. */
const NOBODY = 65534
const isRoot = process.getuid?.() === 0

const root = path.resolve(__dirname, '../..')
/** Optional: npm leaves it out where it has no binary. */
const hasOnnx = existsSync(path.join(root, 'node_modules/onnxruntime-node'))

/** Everything of node_modules that a process of the application loads (docs/decisions/122). */
const CARRIED = [
  '@libsql/linux-x64-gnu',
  '@mapbox/node-pre-gyp',
  '@neon-rs/load',
  ...['', '-backend-cpu', '-backend-webgl', '-converter', '-core', '-data', '-layers', '-node-gpu'].map(
    (part) => `@tensorflow/tfjs${part}`,
  ),
  'detect-libc',
  'google-protobuf',
  'libsql',
  'long',
  ...(hasOnnx ? ['onnxruntime-common', 'onnxruntime-node'] : []),
  'progress',
  'seedrandom',
]

let home = ''
let folder = ''
let executable = ''

test.beforeAll(async () => {
  const built = process.env['GPTNAS_PACKAGE']
  if (!built) throw new Error('GPTNAS_PACKAGE must name the folder that npm run package made.')
  home = await mkdtemp(path.join(os.tmpdir(), 'gpt-nas-package-'))
  folder = path.join(home, 'GPT-NAS für alle')
  await cp(built, folder, { recursive: true, verbatimSymlinks: true })
  // What runs as nobody cannot write what is root's; for anybody else the right to write is taken away.
  if (!isRoot) execFileSync('chmod', ['-R', 'a-w', folder])
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
  if (!isRoot) execFileSync('chmod', ['-R', 'u+w', folder])
  await rm(home, { recursive: true, force: true })
})

interface Started {
  readonly workspace?: string
  /** Of its user: what an earlier window has stored is not there. */
  readonly userHome?: string
  readonly env?: Readonly<Record<string, string>>
}

/** Starts the package with nothing of this machine's user but the display; the caller closes it. */
async function launch({ workspace = path.join(home, 'workspace'), userHome = home, env = {} }: Started = {}) {
  if (isRoot) {
    const own = (await readdir(home)).map((name) => path.join(home, name)).filter((place) => place !== folder)
    execFileSync('chown', [`${NOBODY}:${NOBODY}`, home])
    execFileSync('chown', ['-R', `${NOBODY}:${NOBODY}`, ...own])
  }
  return _electron.launch({
    executablePath: executable,
    // Without it Playwright switches the sandbox off on Linux.
    chromiumSandbox: true,
    args: ['--workspace', workspace],
    cwd: home,
    env: {
      PATH: process.env['PATH'] ?? '',
      DISPLAY: process.env['DISPLAY'] ?? '',
      HOME: userHome,
      GPTNAS_CACHE: path.join(home, 'no-cache'),
      ...env,
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

test('carries of node_modules what its processes load, and nothing else', async () => {
  const archive = path.join(folder, 'resources/app.asar')
  const inside = listPackage(archive, { isPack: false })
  const unpacked = await readdir(path.join(folder, 'resources/app.asar.unpacked'), { recursive: true })
  const names = [...inside, ...unpacked.map((name) => `/${name}`)].flatMap((name) => {
    const below = name.replaceAll('\\', '/').split('/node_modules/').slice(1).at(-1)
    const found = /^(@[^/]+\/[^/]+|[^@/][^/]*)/.exec(below ?? '')?.[1]
    return found === undefined ? [] : [found]
  })
  expect([...new Set(names)].sort()).toEqual(CARRIED)
  // Years old, never called, and each with advisories of its own: tfjs-node's installer.
  for (const left of ['tar', 'rimraf', 'adm-zip', 'https-proxy-agent', 'node-fetch', 'yargs'])
    expect(names).not.toContain(left)
  const shim = inside.filter((name) => name.includes('/@mapbox/node-pre-gyp/'))
  expect(shim.map((name) => path.basename(name)).sort()).toEqual(['index.js', 'package.json'])
})

test('has its fuses set, as far as its Electron has them', async () => {
  const wire = await getCurrentFuseWire(path.join(folder, 'gpt-nas-workbench'))
  const state = (fuse: FuseV1Options): string => String.fromCharCode(Number(wire[fuse] ?? 'r'.charCodeAt(0)))
  expect(state(FuseV1Options.RunAsNode)).toBe('0')
  expect(state(FuseV1Options.EnableNodeOptionsEnvironmentVariable)).toBe('0')
  expect(state(FuseV1Options.EnableCookieEncryption)).toBe('1')
  expect(state(FuseV1Options.OnlyLoadAppFromAsar)).toBe('1')
  // Not in Electron 22.
  expect(['0', 'r']).toContain(state(FuseV1Options.GrantFileProtocolExtraPrivileges))
})

test('is marked as made for testing, in its window and in its name', async () => {
  const application = await launch()
  try {
    const window = await application.firstWindow()
    await expect(window.getByTestId(testIds.statusRuntime)).toContainText('Package for testing')
    await expect(window.getByTestId(testIds.runtimeBanner)).toContainText('--for-testing')
    expect(await application.evaluate(({ app }) => app.getName())).toBe('GPT-NAS Workbench (for testing)')
  } finally {
    await application.close()
  }
})

test('is not made for users on a stand-in Electron', async () => {
  const { devDependencies } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>
  }
  const there = await readFile(path.join(root, 'node_modules/electron/dist/version'), 'utf8')
  test.skip(there.trim().replace(/^v/, '') === devDependencies['electron'], 'the Electron here is the makers’')
  const { status, stderr, stdout } = spawnSync(process.execPath, ['scripts/package.mjs'], {
    cwd: root,
    encoding: 'utf8',
  })
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  expect(stderr).toMatch(/needs Electron .*stand-in/)
  expect(stderr).toContain('--for-testing')
})

const TINY_SEARCH = {
  strategy: 'random',
  populationSize: 3,
  generations: 1,
  computes: 1,
  space: { minBlocks: 2, maxBlocks: 2, maxMacs: 1_000_000 },
  data: { dataset: DATASET, trainImages: 300, validationImages: 100 },
  recipe: { epochs: 2, batchSize: 50 },
}

/** A search from the command line of the checkout, killed with its computes when its first trial is done. */
async function interruptSearch(workspace: string): Promise<void> {
  const config = path.join(home, 'search.json')
  await writeFile(config, JSON.stringify({ ...TINY_SEARCH, name: 'Begun elsewhere' }))
  const cli = path.join(root, 'out/main/cli.js')
  const child = spawn(process.execPath, [cli, 'search', 'start', '--config', config, '--workspace', workspace], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, GPTNAS_CACHE: path.join(home, 'cache') },
  })
  await new Promise<void>((resolve, reject) => {
    let told = ''
    child.stderr.on('data', (chunk: Buffer) => {
      told += chunk.toString('utf8')
      if (told.includes('Trial 1:')) process.kill(-(child.pid ?? 0), 'SIGKILL')
    })
    child.once('close', (_code, signal) =>
      signal === 'SIGKILL' ? resolve() : reject(new Error(`The search ended before it was killed:\n${told}`)),
    )
  })
}

/** The package's own command line, with no display and no locale, as its ordinary user. */
function commandLine(...args: string[]) {
  const program = path.join(folder, 'gpt-nas')
  const drop = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', program]
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, GPTNAS_CACHE: path.join(home, 'no-cache') }
  const options = { cwd: home, env, encoding: 'utf8', timeout: 110_000 } as const
  return isRoot ? spawnSync('setpriv', [...drop, ...args], options) : spawnSync(program, args, options)
}

test('offers the command line, which trains and exports without a display', async () => {
  const listed = commandLine('zoo', '--json')
  expect({ status: listed.status, stderr: listed.stderr }).toEqual({ status: 0, stderr: '' })
  expect(listed.stdout).toContain('resnet18')
  // Advice names it as it can be typed: it is on nobody's PATH.
  expect(commandLine('zoos').stderr).toContain(`'${path.join(folder, 'gpt-nas')}'`)
  const workspace = path.join(home, 'from-terminal')
  await mkdir(workspace)
  writeDataset(workspace)
  const config = path.join(home, 'terminal.json')
  await writeFile(config, JSON.stringify({ ...TINY_SEARCH, name: 'From the terminal' }))
  if (isRoot) execFileSync('chown', ['-R', `${NOBODY}:${NOBODY}`, home])
  const searched = commandLine('search', 'start', '--config', config, '--workspace', workspace, '--export', '--json')
  expect(searched.status, searched.stderr).toBe(0)
  const { run, export: exported } = JSON.parse(searched.stdout) as {
    run: { state: string }
    export: { proof: { passed: boolean } }
  }
  expect({ state: run.state, passed: exported.proof.passed }).toEqual({ state: 'finished', passed: true })
})

test('goes on with an interrupted search, trains and exports its network with proof', async () => {
  const workspace = path.join(home, 'workspace')
  writeDataset(workspace)
  await interruptSearch(workspace)
  const application = await launch()
  try {
    const page = await application.firstWindow()
    await expect(page.getByTestId(testIds.interrupted)).toContainText('of 3 evaluations are done', { timeout: 60_000 })
    await page.getByTestId(testIds.interruptedResume).click()
    await expect(page.getByTestId(testIds.runState)).toHaveText(/Finished/, { timeout: 90_000 })
    await page.getByTestId(testIds.exportBest).click()
    await expect(page.getByTestId(testIds.proofCard)).toContainText('40', { timeout: 60_000 })
    if (!hasOnnx) return
    await page.getByTestId(testIds.exportFormat).click()
    await page.getByRole('option', { name: /onnx/i }).click()
    await page.getByTestId(testIds.exportTrial).click()
    await expect(page.getByTestId(testIds.proofCard).filter({ hasText: /onnxruntime/ })).toContainText('40', {
      timeout: 60_000,
    })
  } finally {
    await application.close()
  }
})

test('leads a first user without a network from its first start to an exported model', async () => {
  const cache = path.join(home, 'copied cache')
  // As it was carried over from another machine; the runtime came with the application.
  await cp(preparedSample(), path.join(cache, 'datasets', 'cifar-10'), { recursive: true })
  const userHome = path.join(home, 'first user')
  await mkdir(userHome)
  const workspace = path.join(userHome, 'Arbeit für später')
  const application = await launch({ workspace, userHome, env: { ...OFFLINE, GPTNAS_CACHE: cache } })
  try {
    const page = await application.firstWindow()
    const bar = page.getByTestId(testIds.firstSteps)
    const next = () => page.getByTestId(testIds.firstStepsNext).click()
    await expect(bar).toContainText('1 of 4', { timeout: 30_000 })
    await page.getByTestId(testIds.firstStepsDo).click()
    await expect(bar).toContainText(/Nothing is in the way|problem/, { timeout: 60_000 })
    await next()
    await expect(bar).toContainText('came with the program')
    await next()
    await expect(bar).toContainText('CIFAR-10 is here.')
    await next()
    await expect(bar).toContainText(workspace)
    await page.getByTestId(testIds.firstStepsBegin).click()
    const workbench = new Workbench(page)
    const small = { strategy: 'random', trials: 2, images: 200, epochs: 1, maxMacs: 2_000_000 } as const
    await workbench.startSearch({ name: 'First run', ...small })
    await workbench.expectRunState(/Finished/, 90_000)
    await page.getByTestId(testIds.exportBest).click()
    await expect(page.getByTestId(testIds.proofCard)).toContainText('100', { timeout: 60_000 })
    const [name = ''] = await readdir(path.join(workspace, 'exports'))
    expect(await readdir(path.join(workspace, 'exports', name))).toContain('model.json')
  } finally {
    await application.close()
  }
  // Nothing was written into the application, by whoever may write there.
  expect(spawnSync('find', [folder, '-newer', path.join(cache, 'datasets')], { encoding: 'utf8' }).stdout).toBe('')
})

interface Component {
  readonly name: string
  readonly version: string
  readonly scope?: string
  readonly licenses?: readonly { readonly license?: { readonly id?: string }; readonly expression?: string }[]
}
/** Licences under which a package of an Apache-2.0 program may carry code, texts included. */
const LICENCES = [
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'EPL-2.0',
  'ISC',
  'MIT',
  'NIST-PD-fallback',
  'OFL-1.1',
  'Zlib',
]

test('carries its licence, those of others, and a bill of materials that names them all', async () => {
  expect(await readFile(path.join(folder, 'LICENSE.txt'), 'utf8')).toContain('Apache License')
  const notices = await readFile(path.join(folder, 'THIRD_PARTY_LICENSES.txt'), 'utf8')
  const bill = JSON.parse(await readFile(path.join(folder, 'sbom.cdx.json'), 'utf8')) as { components: Component[] }
  const named = bill.components.map(({ name }) => name)
  // In node_modules, in a bundle of each kind, beside both.
  const ours = CARRIED.filter((name) => name !== '@mapbox/node-pre-gyp')
  expect(named).toEqual(expect.arrayContaining([...ours, 'zod', 'vue', 'elkjs', 'electron', 'node', 'tensorflow-cpu']))
  for (const development of ['vitest', 'eslint', 'electron-builder', 'tar']) expect(named).not.toContain(development)
  for (const { name, version, licenses } of bill.components) {
    const stated = licenses?.map(({ license, expression }) => license?.id ?? expression ?? '').join(' AND ') ?? ''
    const choices = stated.replace(/[()]/g, '').split(' OR ')
    const isFine = choices.some((choice) => choice.split(' AND ').every((id) => LICENCES.includes(id)))
    expect(isFine, `${name} is under "${stated}"`).toBe(true)
    if (!['electron', 'tensorflow-cpu'].includes(name)) expect(notices).toContain(`${name} ${version} (`)
  }
})
