// An export in a real page: a static folder with the files and the sample code of docs/exchange.md, in Chromium, with tfjs on its CPU backend
// and onnxruntime-web on WebAssembly. What comes out is compared with what Keras itself answers (tests/fixtures/foreign). The pages that a
// bundle ships are opened beside the files, too.
import { execFileSync } from 'node:child_process'
import { createServer, type Server } from 'node:http'
import { createReadStream, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { _electron, expect, test } from '@playwright/test'
import type { ExportFormat, ExportOptions } from '../../src/shared/exchange/formats'
import { samplesOf } from '../../src/shared/exchange/samples'

const checkout = path.resolve(__dirname, '..', '..')
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
}

/** The sample that the page shows under this label. */
function sample(label: string): string {
  const page = readFileSync(path.join(checkout, 'docs', 'exchange.md'), 'utf8')
  const found = new RegExp(`\`\`\`js ${label}\\n([\\s\\S]*?)\`\`\``).exec(page)?.[1]
  if (found === undefined) throw new Error(`docs/exchange.md has no sample ${label}`)
  return found
}

function served(folder: string): Promise<Server> {
  const roots = [
    folder,
    path.join(checkout, 'node_modules/@tensorflow/tfjs/dist'),
    path.join(checkout, 'node_modules/onnxruntime-web/dist'),
  ]
  const server = createServer(({ url = '/' }, response) => {
    const name = decodeURIComponent(url.split('?')[0] ?? '/')
    const file = roots.map((root) => path.join(root, name)).find((place) => existsSync(place))
    if (file === undefined) return void response.writeHead(404).end()
    response.writeHead(200, { 'content-type': TYPES[path.extname(file)] ?? 'application/octet-stream' })
    createReadStream(file).pipe(response)
  })
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}

/** The page of a bundle's README; libraries come from here instead of from the network. */
function shippedPage(format: ExportFormat, options: ExportOptions): string {
  const page = samplesOf({ format, options, input: [12, 10, 3] }).find(({ language }) => language === 'html')
  if (page === undefined) throw new Error(`${format} ships no page`)
  return page.code.replaceAll(/https:\/\/cdn\.jsdelivr\.net\/npm\/[^"]*\//g, '/')
}

const softmax = (row: readonly number[]): number[] => {
  const weights = row.map((value) => Math.exp(value - Math.max(...row)))
  const sum = weights.reduce((a, b) => a + b, 0)
  return weights.map((value) => value / sum)
}

test('a static page runs the exported files of an imported network, with the sample code', async () => {
  test.setTimeout(300_000)
  const folder = mkdtempSync(path.join(tmpdir(), 'deploy-'))
  const commandLine = (...words: string[]): string =>
    execFileSync(
      process.execPath,
      [path.join(checkout, 'scripts/gpt-nas.mjs'), ...words, '--workspace', path.join(folder, 'workspace')],
      { encoding: 'utf8' },
    )
  commandLine('import', path.join(checkout, 'tests/fixtures/foreign/nested.keras'))
  commandLine('export', '--import', '1', '--format', 'tfjs', '--folder', path.join(folder, 'page/exported-tfjs'))
  commandLine(
    'export',
    '--import',
    '1',
    '--format',
    'onnx',
    '--set',
    'inputLayout=nhwc',
    '--folder',
    path.join(folder, 'page/exported-onnx'),
  )
  const page = path.join(folder, 'page')
  writeFileSync(
    path.join(page, 'index.html'),
    `<!doctype html><script src="tf.min.js"></script><script src="ort.wasm.min.js"></script><script>
      const [count, height, width, channels] = [4, 12, 10, 3]
      const pixels = Float32Array.from({ length: count * height * width * channels }, (_, i) => (i * 7919) % 251)
      async function inTfjs() { await tf.setBackend('cpu'); ${sample('tfjs')}; return [...await probabilities.data()] }
      async function inOnnx() { ort.env.wasm.numThreads = 1; ${sample('onnx')}; return [...probabilities.data] }
    </script>`,
  )
  writeFileSync(path.join(page, 'exported-tfjs/shipped.html'), shippedPage('tfjs', {}))
  writeFileSync(path.join(page, 'exported-onnx/shipped.html'), shippedPage('onnx', { inputLayout: 'nhwc' }))
  const server = await served(page)
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  writeFileSync(path.join(folder, 'package.json'), '{"name":"deploy","version":"1.0.0","main":"main.js"}')
  writeFileSync(
    path.join(folder, 'main.js'),
    `const { app, BrowserWindow } = require('electron')
     app.whenReady().then(() => new BrowserWindow({ show: false, webPreferences: { sandbox: true } }).loadURL('http://127.0.0.1:${port}/index.html'))`,
  )
  const app = await _electron.launch({ args: ['--no-sandbox', folder] })
  try {
    const window = await app.firstWindow()
    await window.waitForLoadState('load')
    const { scores } = JSON.parse(
      readFileSync(path.join(checkout, 'tests/fixtures/foreign/expected.json'), 'utf8'),
    ) as {
      scores: Record<string, number[][]>
    }
    const expected = (scores['nested'] ?? []).flatMap(softmax)
    for (const run of ['inTfjs', 'inOnnx']) {
      const found = (await window.evaluate(`${run}()`)) as number[]
      expect(found).toHaveLength(expected.length)
      const off = Math.max(...found.map((value, i) => Math.abs(value - (expected[i] ?? NaN))))
      expect(off, run).toBeLessThan(1e-5)
    }
    // An empty canvas and an image of zeros: a class, and three probabilities.
    await window.goto(`http://127.0.0.1:${port}/exported-tfjs/shipped.html`)
    await expect(window.locator('#result')).toHaveText(/^[012]$/, { timeout: 60_000 })
    await window.goto(`http://127.0.0.1:${port}/exported-onnx/shipped.html`)
    await expect(window.locator('#result')).toHaveText(/^(0\.\d+(e-\d+)? ?){3}$/, { timeout: 60_000 })
  } finally {
    await app.close()
    server.close()
    rmSync(folder, { recursive: true, force: true })
  }
})
