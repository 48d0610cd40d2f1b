// The measurement loads what the user has chosen.
import { expect, it } from 'vitest'
import { createRuntimes } from '../../src/engine/runtimes/runtimes'
import { indexServer, smallBuild } from '../../src/engine/runtimes/testing/small-builds'
import { temporaryFolder } from '../../src/engine/testing/temporary-folder'
import { chosenRuntime } from './runtime'

it('is of the chosen runtime, and says where another is loaded', async () => {
  const { build, wheels } = smallBuild()
  const server = await indexServer(wheels)
  const options = {
    cacheFolder: temporaryFolder(),
    env: { GPTNAS_PACKAGE_INDEX: server.url },
    builds: [smallBuild(500, 'cpu').build, build],
  }
  const wish = { id: 'cuda12', from: [], index: null } as const
  for await (const _event of createRuntimes(options).install(wish, new AbortController().signal)) continue
  expect(await chosenRuntime(options)).toMatchObject({ id: 'cpu', environment: { GPTNAS_BINDING: '' } })
  await createRuntimes(options).choose('cuda12', () => Promise.resolve())
  const chosen = await chosenRuntime(options)
  expect(chosen).toMatchObject({ id: 'cuda12', note: '' })
  expect(chosen.environment['GPTNAS_BINDING']).toContain('cuda12-1.0')
  await server.close()
})
