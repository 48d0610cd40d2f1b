import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseDocumentText } from '@shared/architecture/document'
import { zooDocument } from '@shared/architecture/document/zoo-document'
import { expandDocument } from '@shared/architecture/expand'
import { BUILT_IN_BLOCKS } from '@shared/architecture/blocks'
import { writeExport } from '../write-export'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'architecture-json-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('export of an architecture', () => {
  it('is the document as a file, without weights', async () => {
    const document = zooDocument('resnet18', { input: [32, 32, 3], classes: 10 })
    const { graph } = expandDocument(document, BUILT_IN_BLOCKS)
    const target = join(folder, 'export')
    const metadata = { trial: 7 }
    const files = await writeExport({
      format: 'architecture-json',
      document,
      graph,
      weights: null,
      folder: target,
      metadata,
    })
    expect((await readdir(target)).sort()).toEqual(['architecture.gptnas.json', 'metadata.json'])
    expect(files.map(({ name }) => name)).toEqual(['architecture.gptnas.json', 'metadata.json'])
    const text = await readFile(join(target, 'architecture.gptnas.json'), 'utf8')
    expect(parseDocumentText(text)).toEqual(document)
    const written = JSON.parse(await readFile(join(target, 'metadata.json'), 'utf8')) as unknown
    expect(written).toMatchObject({ format: 'architecture-json', trial: 7 })
  })

  it('refuses a damaged document', async () => {
    const job = {
      format: 'architecture-json',
      document: {},
      graph: { input: [1], nodes: [], output: '' },
      weights: null,
    } as const
    await expect(writeExport({ ...job, folder: join(folder, 'no'), metadata: {} })).rejects.toMatchObject({
      code: 'invalid-architecture',
    })
    expect(await readdir(folder)).not.toContain('no')
  })
})
