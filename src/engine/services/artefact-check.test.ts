import { truncateSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { createArtefacts } from '../storage/artefacts'
import { openStore } from '../storage/store'
import { temporaryFolder } from '../testing/temporary-folder'
import { artefactCheck } from './artefact-check'

it('counts what is there, and is an error that names what is damaged', async () => {
  const store = openStore(temporaryFolder())
  const artefacts = createArtefacts(store)
  const kept = await artefacts.put('weights', Buffer.alloc(1024 ** 2))
  await store.write((writer) => artefacts.refer(writer, kept, 'trial:1'))
  expect(await artefactCheck(artefacts)).toMatchObject({ status: 'ok', found: '1 files, 1.0 MiB' })
  truncateSync(artefacts.path(kept.sha256), 10)
  expect(await artefactCheck(artefacts)).toMatchObject({
    status: 'error',
    found: expect.stringContaining(kept.sha256) as string,
    fix: expect.stringContaining('backup') as string,
  })
  // As long as it was, with other values.
  writeFileSync(artefacts.path(kept.sha256), Buffer.alloc(1024 ** 2, 1))
  expect(await artefactCheck(artefacts)).toMatchObject({ status: 'error' })
  writeFileSync(artefacts.path(kept.sha256), Buffer.alloc(1024 ** 2))
  expect(await artefactCheck(artefacts)).toMatchObject({ status: 'ok' })
  await store.close()
})
