// An import goes only when nothing needs it, and takes nothing of anybody else with it.
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createArtefacts } from '../storage/artefacts'
import { insertImport, listImports } from '../storage/imports'
import { insertRun, updateRun } from '../storage/runs'
import { openStore } from '../storage/store'
import { newRun } from '../testing/run-fixtures'
import { temporaryFolder } from '../testing/temporary-folder'
import { takeOut } from './remove-import'

const facts = {
  format: 'onnx',
  title: 'an ONNX model',
  file: '/theirs/net.onnx',
  sha256: '0'.repeat(64),
  sizeBytes: 1,
  producer: null,
  input: [4, 4, 3],
  classes: 2,
  layers: 1,
  parameters: 96,
  problems: [],
  notes: [],
  missing: [],
  hasValues: true,
  mean: [0, 0, 0],
  deviation: [1, 1, 1],
}
const VALUES = Buffer.from('values')
const SHA256 = createHash('sha256').update(VALUES).digest('hex')

async function workspace() {
  const store = openStore(temporaryFolder())
  const artefacts = createArtefacts(store)
  const add = async (): Promise<number> => {
    const weights = await artefacts.put('weights', VALUES)
    const { id } = await store.write((writer) =>
      insertImport(writer, artefacts, { name: 'net', document: {}, facts, weights }),
    )
    return id
  }
  return { store, artefacts, add, ids: async () => (await listImports(store.db)).map(({ id }) => id) }
}

/** A training of one design that begins with the values. */
const training = (id: string) => {
  const run = newRun(id)
  const space = { kind: 'single', architecture: {}, initialWeights: SHA256 } as const
  return { ...run, definition: { ...run.definition, space } }
}

describe('an import', () => {
  it('is removed once; a second time there is none', async () => {
    const { store, artefacts, add, ids } = await workspace()
    const id = await add()
    expect(await takeOut({ store, artefacts }, id)).toBe(true)
    expect(await ids()).toEqual([])
    expect(await takeOut({ store, artefacts }, id)).toBe(false)
    await store.close()
  })

  it('stays while a run that has not ended begins with its values, and says which', async () => {
    const { store, artefacts, add, ids } = await workspace()
    const id = await add()
    await store.write((writer) => insertRun(writer, training('a')))
    for (const state of ['created', 'running', 'paused', 'interrupted'] as const) {
      await store.write((writer) => updateRun(writer, 'a', { state }))
      await expect(takeOut({ store, artefacts }, id)).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringMatching(new RegExp(`Import ${id} \\("net"\\).*run 1.*is ${state}`)) as string,
      })
    }
    expect(await ids()).toEqual([id])
    await store.write((writer) => updateRun(writer, 'a', { state: 'finished' }))
    expect(await takeOut({ store, artefacts }, id)).toBe(true)
    await store.close()
  })

  it('that another import equals may go: the values stay', async () => {
    const { store, artefacts, add, ids } = await workspace()
    const [first, second] = [await add(), await add()]
    await store.write((writer) => insertRun(writer, training('a')))
    expect(await takeOut({ store, artefacts }, first)).toBe(true)
    await artefacts.collect()
    expect(await artefacts.isWhole(SHA256)).toBe(true)
    expect(await ids()).toEqual([second])
    await store.close()
  })

  it('stays while an export of it is made', async () => {
    const { store, artefacts, add } = await workspace()
    const id = await add()
    const unpin = artefacts.pin(SHA256)
    await expect(takeOut({ store, artefacts }, id)).rejects.toThrow(/an export or a proof of it is being made/)
    unpin()
    expect(await takeOut({ store, artefacts }, id)).toBe(true)
    await store.close()
  })
})
