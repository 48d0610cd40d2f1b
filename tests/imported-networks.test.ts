// A network of another program in a workspace: taken over with its values, exported with proof, proven again, trained on from. The
// processes are functions here; what crosses between them is what crosses.
import { copyFileSync, existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Export } from '../src/shared/contract/exports'
import { FORMATS } from '../src/compute/exchange/formats'
import { firstDifference } from '../src/compute/exchange/first-difference'
import { predict } from '../src/compute/exchange/predict'
import { hasOnnxRuntime } from '../src/compute/exchange/testing/has-runtime'
import { takeOver } from '../src/compute/exchange/take-over'
import { trace } from '../src/compute/exchange/trace'
import { writeExport } from '../src/compute/exchange/write-export'
import type { ProofClient } from '../src/engine/executors/pool'
import { fakeComputes } from '../src/engine/testing/fake-computes'
import { openEngine, type Opened } from '../src/engine/testing/open-engine'
import { ASSUMED_SCALING } from '../src/shared/exchange/imported/scaling'
import { temporaryFolder } from '../src/engine/testing/temporary-folder'

const FOREIGN = path.join(__dirname, 'fixtures', 'foreign')

async function workbench(folder: string): Promise<Opened> {
  const pool = fakeComputes()
  const client = {
    export: async (job: Parameters<typeof writeExport>[0]) => ({ files: await writeExport(job) }),
    predict,
    trace: async (job: Parameters<typeof trace>[0]) => {
      await trace(job)
      return {}
    },
  }
  return openEngine(folder, {
    computes: {
      ...pool,
      run: (job, signal) =>
        pool.run((given, slot, kill) => job({ ...given, ...client } as unknown as typeof given, slot, kill), signal),
    },
    startProof: () =>
      Promise.resolve({
        client: {
          readNetwork: ({ path: file, weights, scaling }: Parameters<ProofClient['readNetwork']>[0]) =>
            takeOver(file, weights, scaling),
          predict: ({ format, ...job }: Parameters<ProofClient['predict']>[0]) => FORMATS[format].predict!(job),
          firstDifference,
        } as unknown as ProofClient,
        close: () => Promise.resolve(),
      }),
  })
}

async function exported(
  { client }: Opened,
  wish: Parameters<Opened['client']['exports']['create']>[0],
): Promise<Export> {
  for await (const { result } of await client.exports.create(wish)) if (result !== null) return result
  throw new Error('The export ended without a result')
}

describe('an imported network', () => {
  it('is kept with its values and where they come from, once however often it is imported', async () => {
    const folder = temporaryFolder()
    const engine = await workbench(folder)
    const file = path.join(FOREIGN, 'mixed.keras')
    expect(await engine.client.imports.preview({ path: file })).toMatchObject({
      name: 'mixed',
      facts: { format: 'keras', missing: [], classes: 3 },
    })
    expect(await engine.client.imports.list()).toEqual([])
    // Its pixels are scaled by a layer of its own; of the other file nobody knows.
    const notesOf = async (name: string) =>
      (await engine.client.imports.preview({ path: path.join(FOREIGN, name) })).facts.notes
    expect(await notesOf('mixed.keras')).not.toContain(ASSUMED_SCALING)
    expect(await notesOf('nested.h5')).toContain(ASSUMED_SCALING)
    const first = await engine.client.imports.create({ path: file })
    const second = await engine.client.imports.create({ path: file })
    expect(first.facts).toMatchObject({
      producer: 'Keras 3.15.1',
      problems: [],
      hasValues: true,
      input: [12, 10, 3],
      file,
    })
    expect(second.weightsSha256).toBe(first.weightsSha256)
    expect((await engine.client.imports.list()).map(({ id }) => id)).toEqual([second.id, first.id])
    expect(await engine.client.imports.remove({ id: first.id })).toEqual({ removed: true })
    const { document } = await engine.client.imports.load({ id: second.id })
    expect(document).toMatchObject({ records: { 'stem.conv': { kind: 'conv2d' } } })
    await expect(engine.client.imports.load({ id: first.id })).rejects.toThrow(/no imported network/)
  })

  it.each((hasOnnxRuntime ? ['onnx', 'architecture-json'] : ['architecture-json']) as ('onnx' | 'architecture-json')[])(
    'is exported as %s, proven on drawn inputs where it can be',
    async (format) => {
      const folder = temporaryFolder()
      const engine = await workbench(folder)
      const { id } = await engine.client.imports.create({ path: path.join(FOREIGN, 'nested.h5') })
      const made = await exported(engine, { importId: id, format })
      expect(made).toMatchObject({ importId: id, trialId: null })
      const metadata = JSON.parse(readFileSync(path.join(made.folder, 'metadata.json'), 'utf8')) as object
      expect(metadata).toMatchObject({ import: id, importedFrom: { file: 'nested.h5', format: 'keras-h5' } })
      if (format !== 'onnx') return
      expect(made.proof).toMatchObject({ verdict: 'equal', split: 'drawn', accuracy: null })
      // Proven again where it lies now.
      let again: Export | null = null
      for await (const { result } of await engine.client.exports.prove({ folder: made.folder })) again = result ?? again
      expect(again).toMatchObject({ importId: id, proof: { verdict: 'equal' } })
    },
  )

  it.skipIf(!hasOnnxRuntime)('is compared with itself, not with another network that has the same values', async () => {
    const engine = await workbench(temporaryFolder())
    const folder = temporaryFolder()
    /** The same layers and values, with and without an activation. */
    const tfjs = (name: string, activation: string): string => {
      const file = path.join(folder, `${name}.json`)
      const layers = [
        { class_name: 'Flatten', config: { name: 'flat', batch_input_shape: [null, 4, 4, 3] } },
        { class_name: 'Activation', config: { name: 'act', activation } },
        { class_name: 'Dense', config: { name: 'd', units: 2, use_bias: false } },
      ]
      const modelTopology = { class_name: 'Sequential', config: { name: 's', layers } }
      const weights = [{ name: 'd/kernel', shape: [48, 2], dtype: 'float32' }]
      const weightsManifest = [{ paths: ['w.bin'], weights }]
      writeFileSync(file, JSON.stringify({ format: 'layers-model', modelTopology, weightsManifest }))
      return file
    }
    writeFileSync(
      path.join(folder, 'w.bin'),
      Buffer.from(Float32Array.from({ length: 96 }, (_, i) => Math.sin(i)).buffer),
    )
    const first = await engine.client.imports.create({ path: tfjs('a', 'relu') })
    const made = await exported(engine, { importId: first.id, format: 'onnx' })
    const second = await engine.client.imports.create({ path: tfjs('b', 'tanh') })
    expect(second.weightsSha256).toBe(first.weightsSha256)
    const again = async (): Promise<Export | null> => {
      let found: Export | null = null
      for await (const { result } of await engine.client.exports.prove({ folder: made.folder })) found = result ?? found
      return found
    }
    expect(await again()).toMatchObject({ importId: first.id, proof: { verdict: 'equal' } })
    await engine.client.imports.remove({ id: first.id })
    await expect(again()).rejects.toThrow(/values of this export are those of import 2/)
  })

  it('with what is no layer here is refused with the whole list, and taken over in part where that is asked for', async () => {
    const engine = await workbench(temporaryFolder())
    const folder = temporaryFolder()
    const file = path.join(folder, 'odd.json')
    const text = readFileSync(path.join(FOREIGN, 'mixed-keras.json'), 'utf8')
    writeFileSync(
      file,
      text.replaceAll('"DepthwiseConv2D"', '"Conv3D"').replaceAll('"AveragePooling2D"', '"UpSampling2D"'),
    )
    await expect(engine.client.imports.create({ path: file })).rejects.toThrow(
      /2 operators that are no layers here[\s\S]*Conv3D[\s\S]*UpSampling2D/,
    )
    const partial = await engine.client.imports.create({ path: file, partial: true })
    expect(partial).toMatchObject({ weightsSha256: null, facts: { hasValues: false } })
    expect(partial.facts.problems).toHaveLength(2)
    await expect(exported(engine, { importId: partial.id, format: 'tfjs' })).rejects.toThrow(/has no values for/)
  })

  it('is kept with the scaling that was said, and only where its file is silent', async () => {
    const engine = await workbench(temporaryFolder())
    const scaling = { mean: [0.5], deviation: [0.5] }
    const file = path.join(FOREIGN, 'nested.h5')
    const silent = await engine.client.imports.create({ path: file })
    const said = await engine.client.imports.create({ path: file, scaling })
    expect(silent.facts.scaling).toBe('assumed')
    expect(said.facts).toMatchObject({ scaling: 'given', mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5] })
    expect(said.weightsSha256).not.toBe(silent.weightsSha256)
    await expect(engine.client.imports.create({ path: path.join(FOREIGN, 'mixed.keras'), scaling })).rejects.toThrow(
      /says itself how its pixels are scaled/,
    )
  })

  it('can be put into a run from its file, and so can a genotype; operators that are no layers are all told', async () => {
    const engine = await workbench(temporaryFolder())
    const folder = temporaryFolder()
    const written = (name: string, text: string): string => {
      writeFileSync(path.join(folder, name), text)
      return path.join(folder, name)
    }
    const read = (file: string) => engine.client.searches.readInjection({ path: file })
    const genotype = { space: 'toy', digits: [1, 2] }
    expect(await read(written('g.json', JSON.stringify(genotype)))).toEqual({ from: 'genotype', genotype })
    expect(await read(path.join(FOREIGN, 'mixed.keras'))).toMatchObject({ from: 'document' })
    const odd = readFileSync(path.join(FOREIGN, 'mixed-keras.json'), 'utf8').replaceAll('"DepthwiseConv2D"', '"Conv3D"')
    await expect(read(written('odd.json', odd))).rejects.toThrow(/no layers here[\s\S]*Conv3D/)
    await expect(read(written('other.json', '{"space": 5}'))).rejects.toThrow(/holds no network/)
    await expect(read(path.join(folder, 'gone.json'))).rejects.toThrow(/gone\.json/)
  })

  it('that cannot be read leaves nothing behind', async () => {
    const folder = temporaryFolder()
    const engine = await workbench(folder)
    const file = path.join(folder, 'cut.h5')
    copyFileSync(path.join(FOREIGN, 'nested.h5'), file)
    truncateSync(file, 5000)
    await expect(engine.client.imports.create({ path: file })).rejects.toThrow(/HDF5 file cannot be read/)
    expect(await engine.client.imports.list()).toEqual([])
    const artefacts = path.join(folder, 'workspace', 'artefacts')
    expect(existsSync(artefacts) ? readdirSync(artefacts).filter((name) => name.length === 2) : []).toEqual([])
  })
})
