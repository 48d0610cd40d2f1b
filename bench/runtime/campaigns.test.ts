// The judge of the campaigns can say no: it is shown what must never be loaded.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { runtimeFolder } from '../../src/engine/runtimes/layout'
import { indexServer } from '../../src/engine/runtimes/testing/small-builds'
import { temporaryFolder } from '../../src/engine/testing/temporary-folder'
import { build, install, isSound, wheels } from './campaigns'

it('tells a whole runtime from none, and from one that is loaded with a byte changed', async () => {
  const cache = temporaryFolder()
  expect(await isSound(cache)).toBe('absent')
  const server = await indexServer(wheels)
  await install(cache, server.url)
  await server.close()
  expect(await isSound(cache)).toBe('whole')
  const library = path.join(runtimeFolder(cache, build), 'deps/lib/libtensorflow_cc.so.2')
  const bytes = readFileSync(library)
  bytes[17] = (bytes[17] ?? 0) ^ 1
  writeFileSync(library, bytes)
  expect(await isSound(cache)).toBe('broken')
  rmSync(library)
  expect(await isSound(cache)).toBe('absent')
})
