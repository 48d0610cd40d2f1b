import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readArrayFile, writeArrayFile } from './array-file'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'array-file-'))
})
afterEach(() => rm(folder, { recursive: true }))

const arrays = [
  { name: 'a/kernel', shape: [2, 3], values: Float32Array.of(1, -2, 3.5, 0, 1e-30, -0) },
  { name: 'a/bias', shape: [], values: Float32Array.of(7) },
  { name: 'empty', shape: [0, 4], values: new Float32Array(0) },
]

describe('array file', () => {
  it('gives back what was written, bit by bit, and leaves nothing else behind', async () => {
    const path = join(folder, 'x.weights')
    const sha256 = await writeArrayFile(path, { epoch: 3, name: 'ü' }, arrays)
    const read = await readArrayFile(path)
    expect(read).toEqual({ meta: { epoch: 3, name: 'ü' }, arrays, sha256 })
    expect(
      createHash('sha256')
        .update(await readFile(path))
        .digest('hex'),
    ).toBe(sha256)
    expect(await readdir(folder)).toEqual(['x.weights'])
  })

  it('refuses a file cut short anywhere, and any flipped byte', async () => {
    const path = join(folder, 'x.weights')
    await writeArrayFile(path, {}, arrays)
    const whole = await readFile(path)
    for (let length = 0; length < whole.length; length += 7) {
      await writeFile(path, whole.subarray(0, length))
      await expect(readArrayFile(path)).rejects.toThrow(/x\.weights cannot be used/)
    }
    for (let position = 0; position < whole.length; position += 5) {
      const damaged = Buffer.from(whole)
      damaged[position]! ^= 1
      await writeFile(path, damaged)
      await expect(readArrayFile(path)).rejects.toMatchObject({ code: 'storage-failed' })
    }
  })

  it('says so when it cannot write, and keeps the old file', async () => {
    const path = join(folder, 'x.weights')
    await writeArrayFile(path, {}, arrays)
    await expect(writeArrayFile(join(path, 'below a file'), {}, arrays)).rejects.toMatchObject({
      code: 'storage-failed',
    })
  })
})
