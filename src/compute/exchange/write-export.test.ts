// Where an export may be written: never over what this program did not write.
import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BUILT_IN_BLOCKS } from '@shared/architecture/blocks'
import { zooDocument } from '@shared/architecture/document/zoo-document'
import { expandDocument } from '@shared/architecture/expand'
import { exportedDocument, exportedFiles } from '@shared/exchange/metadata'
import { writeExport } from './write-export'

const document = zooDocument('resnet18', { input: [32, 32, 3], classes: 10 })
const { graph } = expandDocument(document, BUILT_IN_BLOCKS)

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'write-export-'))
})
afterEach(() => rm(folder, { recursive: true }))

const write = (target: string, trial = 1, earlier: Record<string, string> = {}) =>
  writeExport({
    format: 'architecture-json',
    document,
    graph,
    weights: null,
    folder: target,
    earlier,
    metadata: { trial },
  })

const metadataOf = (target: string): unknown => JSON.parse(readFileSync(join(target, 'metadata.json'), 'utf8'))

describe('an export', () => {
  it('names its files with their hashes and holds the design', async () => {
    const target = join(folder, 'new', 'model')
    const files = await write(target)
    const metadata = metadataOf(target)
    const others = files.filter(({ name }) => name !== 'metadata.json')
    expect(exportedFiles(metadata)).toEqual(new Map(others.map(({ name, sha256 }) => [name, sha256])))
    expect(exportedDocument(metadata)).toEqual(document)
  })

  it('takes a new folder, an empty one and an earlier export, and leaves nothing beside it', async () => {
    const target = join(folder, 'model')
    mkdirSync(target)
    await write(target, 1)
    await write(target, 2)
    expect(metadataOf(target)).toMatchObject({ trial: 2 })
    expect(readdirSync(folder)).toEqual(['model'])
  })

  it('follows a link to a folder and leaves the link', async () => {
    const target = join(folder, 'target')
    const link = join(folder, 'link')
    mkdirSync(target)
    symlinkSync(target, link)
    await write(link)
    expect(lstatSync(link).isSymbolicLink()).toBe(true)
    expect(readdirSync(target).sort()).toEqual(['architecture.gptnas.json', 'metadata.json'])
  })

  it.each([
    ['a folder of somebody', (target: string) => (mkdirSync(target), writeFileSync(join(target, 'thesis.tex'), 'x'))],
    ['a file', (target: string) => writeFileSync(target, 'x')],
    [
      'a link to a file',
      (target: string) => (writeFileSync(`${target}.other`, 'x'), symlinkSync(`${target}.other`, target)),
    ],
  ])('leaves %s as it is and names what is in the way', async (_, make) => {
    const target = join(folder, 'model')
    make(target)
    const before = readdirSync(folder, { recursive: true }).sort()
    await expect(write(target)).rejects.toMatchObject({ code: 'conflict' })
    expect(readdirSync(folder, { recursive: true }).sort()).toEqual(before)
  })

  it('does not replace an earlier export that somebody has changed or added to', async () => {
    const target = join(folder, 'model')
    await write(target)
    writeFileSync(join(target, 'notes.txt'), 'mine')
    await expect(write(target, 2)).rejects.toMatchObject({ message: expect.stringContaining('notes.txt') as string })
    await rm(join(target, 'notes.txt'))
    writeFileSync(join(target, 'architecture.gptnas.json'), '{}')
    await expect(write(target, 2)).rejects.toMatchObject({
      message: expect.stringContaining('architecture.gptnas.json') as string,
    })
    expect(metadataOf(target)).toMatchObject({ trial: 1 })
  })

  it('replaces one of before, which the workspace knows and which names no files', async () => {
    const target = join(folder, 'model')
    const files = await write(target)
    const old = JSON.stringify({ trial: 1 })
    writeFileSync(join(target, 'metadata.json'), old)
    await expect(write(target, 2)).rejects.toMatchObject({ code: 'conflict' })
    const stored = Object.fromEntries(files.map(({ name, sha256 }) => [name, sha256]))
    await write(target, 2, { ...stored, 'metadata.json': createHash('sha256').update(old).digest('hex') })
    expect(metadataOf(target)).toMatchObject({ trial: 2 })
  })

  it('ends with a reason where no folder can be made', async () => {
    await expect(write('/proc/model')).rejects.toMatchObject({ code: 'storage-failed' })
    await expect(write('')).rejects.toMatchObject({ code: 'invalid-input' })
  })
})
