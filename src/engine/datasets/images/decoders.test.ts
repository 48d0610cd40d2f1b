// The decoder threads as they are built: bundled, started, and dead when they should be.
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../testing/temporary-folder'
import { JPEG, pngOf } from '../testing/small-files'
import type { Batch } from './batch'
import { inPlaceDecoders } from '../testing/in-place-decoders'
import { threadDecoders } from './decoders'

const root = path.resolve(__dirname, '../../../..')
const folder = path.join(root, 'node_modules', '.gptnas-test', `image-decoder-${process.pid}`)
const program = path.join(folder, 'image-decoder.js')

describe('decoder threads', () => {
  beforeAll(async () => {
    await build({
      configFile: false,
      logLevel: 'error',
      resolve: { alias: { '@shared': path.join(root, 'src/shared') } },
      ssr: { noExternal: true },
      build: {
        ssr: path.join(__dirname, 'decoder-thread.ts'),
        outDir: folder,
        target: 'node16.17',
        rollupOptions: { output: { format: 'cjs', entryFileNames: 'image-decoder.js' } },
      },
    })
    // The repository is a module package; what is built is not.
    if (existsSync(folder)) writeFileSync(path.join(folder, 'package.json'), '{}')
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  function batch(): Batch {
    const files = temporaryFolder()
    writeFileSync(path.join(files, 'a.png'), pngOf(20, 30, 1))
    writeFileSync(path.join(files, 'b.jpg'), JPEG)
    writeFileSync(path.join(files, 'c.jpg'), JPEG.subarray(0, 100))
    const sources = ['a.png', 'b.jpg', 'c.jpg', 'gone.png'].map((name) => ({ file: path.join(files, name) }))
    return { sources, isCounted: [true, false, true, true], target: { shape: [8, 8, 3], policy: 'crop' } }
  }

  it('prepare the same as in place, many batches at once', async () => {
    const asked = batch()
    const expected = await inPlaceDecoders().prepare(asked)
    expect(expected.outcomes.map(({ ok }) => ok)).toEqual([true, true, false, false])
    expect(expected.pixels.length).toBe(2 * 8 * 8 * 3)
    // One of the two readable images is counted.
    expect(expected.histogram[0]!.reduce((sum, count) => sum + count, 0)).toBe(64)
    const decoders = threadDecoders(program)
    try {
      const answers = await Promise.all(Array.from({ length: 6 }, () => decoders.prepare(asked)))
      for (const answer of answers) expect(answer).toEqual(expected)
      const printed = { prints: expected.prints, trainCount: 1 }
      expect(await decoders.compare(printed)).toEqual(await inPlaceDecoders().compare(printed))
    } finally {
      await decoders.close()
    }
  })

  it('that died refuse what waits and what comes, and nothing else happens', async () => {
    const decoders = threadDecoders(program)
    const waiting = decoders.prepare(batch())
    const refused = expect(waiting).rejects.toMatchObject({
      code: 'internal',
      fix: expect.stringContaining('again') as string,
    })
    await decoders.close()
    await refused
    await expect(decoders.prepare(batch())).rejects.toMatchObject({ code: 'internal' })
  })
})
