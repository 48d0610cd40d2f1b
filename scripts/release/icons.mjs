// npm run icons: draws build/icons/*.png from build/icon.svg. What it writes is committed, so neither set-up nor the package needs it.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { initWasm, Resvg } from '@resvg/resvg-wasm'
import { root } from '../setup/paths.mjs'
import { icnsOf, icoOf } from './icon-files.mjs'

/** The sizes of the hicolor theme that desktops ask for; electron-builder reads them from the names. */
const SIZES = [16, 22, 24, 32, 48, 64, 128, 256, 512]
/** For icon.icns alone: the desktop entry installs every size of the folder. */
const LARGEST = 1024

const drawing = await readFile(path.join(root, 'build', 'icon.svg'), 'utf8')
await initWasm(await readFile(createRequire(import.meta.url).resolve('@resvg/resvg-wasm/index_bg.wasm')))
const folder = path.join(root, 'build', 'icons')
await mkdir(folder, { recursive: true })
const drawn = new Map()
for (const size of [...SIZES, LARGEST])
  drawn.set(size, Buffer.from(new Resvg(drawing, { fitTo: { mode: 'width', value: size } }).render().asPng()))
for (const size of SIZES) await writeFile(path.join(folder, `${size}x${size}.png`), drawn.get(size))
await writeFile(path.join(root, 'build', 'icon.ico'), icoOf(drawn))
await writeFile(path.join(root, 'build', 'icon.icns'), icnsOf(drawn))
process.stdout.write(`${SIZES.length} icons in ${folder}, icon.ico and icon.icns beside it\n`)
