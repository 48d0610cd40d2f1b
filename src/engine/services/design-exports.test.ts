// Designs that are exported without a trial, and exports as one zip, as a client sees them.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { strFromU8, unzipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { zooDocument } from '@shared/architecture/document/zoo-document'
import type { DesignExport } from '@shared/contract/exports'
import { createHash } from 'node:crypto'
import { listing } from '@node/testing/listing'
import { temporaryFolder } from '../testing/temporary-folder'
import { openEngine, type Opened } from '../testing/open-engine'

type Wish = Parameters<Opened['client']['exports']['createOfDesign']>[0]

async function exported({ client }: Opened, wish: Omit<Wish, 'document'>) {
  const document = zooDocument('resnet18', { input: [32, 32, 3], classes: 3 })
  const stages: string[] = []
  let last: DesignExport | null = null
  for await (const { stage, result } of await client.exports.createOfDesign({ document, ...wish })) {
    stages.push(stage)
    last = result
  }
  return { stages, made: last! }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

describe('a design without a trial', () => {
  it('is written alone where the format holds no weights, and nothing is proven', async () => {
    const engine = await openEngine(temporaryFolder())
    const { stages, made } = await exported(engine, { format: 'svg' })
    expect(stages).toEqual(['writing', 'done'])
    expect(made).toMatchObject({ format: 'svg', proof: null })
    expect(path.basename(made.folder)).toBe('design-resnet18-svg')
  })

  it('has starting weights where it holds some, proven on random images; no row is stored', async () => {
    const engine = await openEngine(temporaryFolder())
    const { stages, made } = await exported(engine, { format: 'onnx', seed: 7 })
    expect(stages).toEqual(['writing', 'proving', 'done'])
    expect(made.proof).toMatchObject({ split: 'random', images: 16, passed: true })
    expect(await engine.client.exports.list({})).toEqual([])
  })

  it('is not proven where nobody asks for it', async () => {
    const engine = await openEngine(temporaryFolder())
    expect((await exported(engine, { format: 'tfjs', prove: false })).made.proof).toBeNull()
  })

  it('that is unsound is refused with its first problem', async () => {
    const engine = await openEngine(temporaryFolder())
    const document = { ...zooDocument('resnet18'), records: {} }
    const call = async () => {
      for await (const _ of await engine.client.exports.createOfDesign({ document, format: 'svg' })) continue
    }
    await expect(call()).rejects.toMatchObject({ code: 'invalid-architecture' })
  })
})

describe('a bundle', () => {
  const model = '{"a":1}'
  const metadata = {
    format: 'onnx',
    search: 'My | search',
    trial: 3,
    inputShape: [32, 32, 3],
    classes: ['cat', 'dög'],
    seed: 5,
    architecture: { format: 'x' },
    files: [{ name: 'model.onnx', sha256: sha256(model) }],
  }

  function folderOf(engineFolder: string, content = model): string {
    const folder = path.join(engineFolder, 'an export')
    writeFileSync(path.join(engineFolder, 'keep'), '')
    return write(folder, content)
  }
  function write(folder: string, content: string): string {
    mkdirSync(folder, { recursive: true })
    writeFileSync(path.join(folder, 'model.onnx'), content)
    writeFileSync(path.join(folder, 'metadata.json'), JSON.stringify(metadata))
    return folder
  }

  it('holds the files as they are, a README with code that fits, class names and the proof', async () => {
    const place = temporaryFolder()
    const { client } = await openEngine(place)
    const { file, sizeBytes } = await client.exports.bundle({ folder: folderOf(place) })
    expect(file).toBe(path.join(place, 'an export.zip'))
    const bytes = readFileSync(file)
    expect(bytes).toHaveLength(sizeBytes)
    const found = Object.fromEntries(
      Object.entries(unzipSync(bytes)).map(([name, content]) => [name, strFromU8(content)]),
    )
    expect(Object.keys(found).sort()).toEqual(
      ['README.md', 'classes.txt', 'metadata.json', 'model.onnx', 'proof.json'].map((name) => `an export/${name}`),
    )
    expect(found['an export/model.onnx']).toBe(model)
    expect(found['an export/classes.txt']).toBe('cat\ndög\n')
    expect(found['an export/README.md']).toContain('[1,3,32,32]')
    expect(found['an export/README.md']).toContain('My \\| search, trial 3')
    expect(found['an export/README.md']).toContain('Nothing was compared')
    expect(found['an export/README.md']).not.toMatch(/undefined|NaN|\[object/)
  })

  it('replaces nothing', async () => {
    const place = temporaryFolder()
    const { client } = await openEngine(place)
    const folder = folderOf(place)
    writeFileSync(`${folder}.zip`, 'precious')
    expect((await client.exports.bundle({ folder })).file).toBe(`${folder}-2.zip`)
    expect(readFileSync(`${folder}.zip`, 'utf8')).toBe('precious')
  })

  it('is refused for files that changed, by name, and leaves nothing', async () => {
    const place = temporaryFolder()
    const { client } = await openEngine(place)
    const folder = folderOf(place, 'other')
    const before = listing(place)
    await expect(client.exports.bundle({ folder })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('model.onnx') as string,
    })
    expect(listing(place)).toEqual(before)
  })

  it('is refused for what is no export', async () => {
    const place = temporaryFolder()
    const { client } = await openEngine(place)
    writeFileSync(path.join(place, 'metadata.json'), '{}')
    await expect(client.exports.bundle({ folder: place })).rejects.toMatchObject({ code: 'invalid-input' })
  })
})
