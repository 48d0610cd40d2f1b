// What makes the bundles stale.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sourcesHash } from './build.mjs'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'set-up-test-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

describe('sourcesHash', () => {
  it('changes with a source and not with a test', async () => {
    await mkdir(path.join(folder, 'src', 'deep'), { recursive: true })
    await writeFile(path.join(folder, 'src', 'deep', 'a.ts'), '1')
    const before = await sourcesHash(folder)
    await writeFile(path.join(folder, 'src', 'deep', 'a.test.ts'), 'test')
    expect(await sourcesHash(folder)).toBe(before)
    await writeFile(path.join(folder, 'src', 'deep', 'a.ts'), '2')
    expect(await sourcesHash(folder)).not.toBe(before)
  })
})
