// Small files that are meant to take minutes or gigabytes: documents of every hostile family, tables of nothing, archives of nothing.
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { readArchitecture } from '../../src/cli/architectures'
import { archiveKind } from '../../src/engine/datasets/files/archive'
import { archiveNames, unpackArchive } from '../../src/engine/datasets/files/unpack'
import { tarOf } from '../../src/engine/datasets/testing/archives'
import { fakeComputes } from '../../src/engine/testing/fake-computes'
import { BUILT_IN_BLOCKS } from '../../src/shared/architecture/blocks'
import { inspectDocument } from '../../src/shared/architecture/checks'
import { selfContained } from '../../src/shared/architecture/document'
import { HOSTILE_DOCUMENTS } from '../../src/shared/architecture/testing/hostile-documents'
import { MIB } from '../../src/shared/units'
import { openEngine, type OpenEngine } from './engine'
import { attempt, type Attack } from './hostile-files'
import { hostileReaders, type Reader } from './readers'

/** Levels, nodes or definitions of a hostile document: what the finding had, and what a file can hold. */
const SIZES = [16, 400, 4900]
/** Few enough for an answer within seconds; the time for more grows with their number. */
const EMPTY_FILES = 10_000

/** A design as a window opens it, and as an engine with a workspace stores it and lists it among its blocks. */
const designOf = (engine: OpenEngine): Reader => ({
  name: 'a design, opened and stored',
  files: { 'net.gptnas.json': Buffer.from('{}') },
  read: async (folder) => {
    const document = await readArchitecture(path.join(folder, 'net.gptnas.json'))
    inspectDocument(selfContained(document, BUILT_IN_BLOCKS), BUILT_IN_BLOCKS)
    const { id } = await engine.client.designs.save({ document })
    await engine.client.designs.load({ id })
    await engine.client.designs.remove({ id })
  },
})

/** Looked into and unpacked, as an import does. */
const archive: Reader = {
  name: 'an archive, looked into and unpacked',
  files: { 'images.tar': Buffer.alloc(0) },
  read: async (folder) => {
    const file = path.join(folder, 'images.tar')
    const kind = (await archiveKind(file))!
    const { signal } = new AbortController()
    await archiveNames(file, kind, signal)
    await unpackArchive(file, kind, path.join(folder, '..', 'cache'), signal, () => undefined)
  },
}

/** @param scratch a folder of its own, not yet there */
export async function costlyFiles(scratch: string, isQuick: boolean): Promise<Attack[]> {
  mkdirSync(scratch, { recursive: true })
  const place = path.join(scratch, 'place')
  const attacks: Attack[] = []
  const engine = await openEngine(path.join(scratch, 'workspace'), { computes: fakeComputes() })
  const design = designOf(engine)
  for (const [family, make] of Object.entries(HOSTILE_DOCUMENTS))
    for (const seed of isQuick ? SIZES.slice(0, 2) : SIZES) {
      const what = { file: 'net.gptnas.json', mutation: `${family}, ${seed}`, seed }
      const text = JSON.stringify(make(seed))
      attacks.push(await attempt(place, design, what, (target) => writeFileSync(target, text)))
    }
  await engine.close()
  const lines = Buffer.alloc(100 * MIB, '\n')
  const tables = (await hostileReaders(path.join(scratch, 'seeds'))).filter(({ files }) =>
    Object.keys(files).some((name) => name.endsWith('.csv')),
  )
  for (const reader of tables) {
    const file = Object.keys(reader.files).find((name) => name.endsWith('.csv'))!
    const what = { file, mutation: '100 MiB of line ends', seed: 0 }
    attacks.push(await attempt(place, reader, what, (target) => writeFileSync(target, lines)))
  }
  attacks.push(await emptyFiles(place, EMPTY_FILES))
  return attacks
}

/** An archive of so many empty files. @param place a folder that nobody else uses */
export function emptyFiles(place: string, count: number): Promise<Attack> {
  const empty = Array.from({ length: count }, (_, at) => ({ name: `a/${at}.png`, data: Buffer.alloc(0) }))
  const what = { file: 'images.tar', mutation: `${count} empty files`, seed: 0 }
  return attempt(place, archive, what, (target) => writeFileSync(target, tarOf(empty)))
}
