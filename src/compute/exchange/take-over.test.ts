// The scaling of an import: what the file says, what a person says where it is silent, and what the network computes then.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { NAMED_SCALINGS, type ScalingWish } from '@shared/exchange/imported/scaling'
import { readNetwork } from '@node/networks/read-network'
import { predict } from './predict'
import { takeOver } from './take-over'

const FOREIGN = path.join(__dirname, '../../../tests/fixtures/foreign')
/** Its layers are given pixels as they are; nothing in it says how it was trained. */
const SILENT = path.join(FOREIGN, 'nested.h5')
const IMAGES = 2
const SHAPE = [12, 10, 3] as const

let folder: string
beforeAll(async () => (folder = await mkdtemp(path.join(tmpdir(), 'take-over-'))))
afterAll(() => rm(folder, { recursive: true }))

/** Scores of images whose pixels are `times` those of the first. */
async function scores(wish: ScalingWish | null, times: number): Promise<number[]> {
  const weights = path.join(folder, 'weights')
  await takeOver(SILENT, weights, wish)
  const pixels = Uint8Array.from({ length: IMAGES * 12 * 10 * 3 }, (_, i) => times * ((i * 7919) % 120))
  const files = { images: path.join(folder, 'images'), labels: path.join(folder, 'labels') }
  await writeFile(files.images, pixels)
  await writeFile(files.labels, new Uint8Array(IMAGES))
  const { graph } = await readNetwork(SILENT)
  const data = { ...files, count: IMAGES, shape: [...SHAPE] as [number, number, number], classes: 3 }
  const inputs = { indices: [0, 1], random: { count: 0, seed: 1 } }
  const { logits } = await predict({ graph, weights, data: { ...data, mean: [], deviation: [] }, ...inputs })
  return logits.flat().map(Number)
}

describe('the scaling of an import', () => {
  it('is the pixels as they are where nobody says anything, which is told', async () => {
    const { facts } = await takeOver(SILENT, null)
    expect(facts).toMatchObject({ scaling: 'assumed', mean: [0, 0, 0] })
    expect(facts.notes.join()).toContain('does not say how pixels become')
    const raw = await takeOver(SILENT, null, NAMED_SCALINGS.raw)
    expect(raw.facts).toMatchObject({ scaling: 'given', deviation: facts.deviation })
    expect(raw.facts.notes.join()).not.toContain('does not say')
  })

  it('is what a person says: twice the pixels is half the deviation', async () => {
    const doubled = await scores({ mean: [0], deviation: [1 / 510] }, 1)
    const [largest] = doubled.map(Math.abs).sort((a, b) => b - a)
    const plain = await scores(null, 2)
    doubled.forEach((score, i) => expect(Math.abs(score - plain[i]!)).toBeLessThan(1e-5 * largest!))
    expect(await scores(null, 1)).not.toEqual(plain)
  })

  it('is one number, or one a channel', async () => {
    const { facts } = await takeOver(SILENT, null, { ...NAMED_SCALINGS.imagenet, deviation: [0.5] })
    expect(facts).toMatchObject({ mean: [0.485, 0.456, 0.406], deviation: [0.5, 0.5, 0.5], scaling: 'given' })
    await expect(takeOver(SILENT, null, { mean: [0, 0], deviation: [1] })).rejects.toThrow(
      /2 numbers as mean; the image of this network has 3 channels/,
    )
  })

  it('is the file’s where it says so: nothing else can be said of it', async () => {
    const file = path.join(FOREIGN, 'mixed.keras')
    expect((await takeOver(file, null)).facts.scaling).toBe('file')
    await expect(takeOver(file, null, NAMED_SCALINGS.unit)).rejects.toThrow(/says itself how its pixels are scaled/)
  })

  it('belongs to values: a file without any has none', async () => {
    const file = path.join(FOREIGN, 'mixed-keras.json')
    await expect(takeOver(file, null, NAMED_SCALINGS.unit)).rejects.toThrow(/says itself|no values/)
  })
})
