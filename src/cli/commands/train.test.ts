// Settings of a training as they are typed or filed, and how an architecture is brought to the data.
import { writeFileSync } from 'node:fs'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { documentText, metaOf } from '@shared/architecture/document'
import { zooDocument } from '@shared/architecture/document/zoo-document'
import { SAMPLES } from '@shared/search/samples'
import { fittedArchitecture, readTraining } from './train'

function filed(name: string, text: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'train-command-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(path.join(folder, name), text)
  return path.join(folder, name)
}

describe('settings of gpt-nas train', () => {
  it('are the defaults, then the file’s, then what is typed', () => {
    const config = filed(
      'r.json',
      JSON.stringify({ recipe: { epochs: 3, mixup: 0.2 }, data: { trainImages: 500 }, seed: 4 }),
    )
    const { recipe, data, seed } = readTraining('x', { config, epochs: '9', images: '80', optimizer: 'adamw' })
    expect(recipe).toMatchObject({ epochs: 9, mixup: 0.2, optimizer: 'adamw', batchSize: 64 })
    expect(data).toMatchObject({ trainImages: 80, validationImages: null, dataset: 'cifar-10' })
    expect(seed).toBe(4)
  })

  it('take a resolution, typed or filed, and refuse one that is too small by its flag', () => {
    const config = filed('r.json', JSON.stringify({ data: { resolution: 24 } }))
    expect(readTraining('x', {}).data.resolution).toBeNull()
    expect(readTraining('x', { config }).data.resolution).toBe(24)
    expect(readTraining('x', { config, resolution: '16' }).data.resolution).toBe(16)
    expect(() => readTraining('x', { resolution: '7' })).toThrow(/--resolution: must be at least 8 pixels, or null/)
    expect(() => readTraining('x', { resolution: 'half' })).toThrow(/--resolution/)
  })

  it('may come from a search file, whose search is passed over', () => {
    const { definition } = SAMPLES[0]!
    const config = filed('search.json', JSON.stringify(definition))
    const read = readTraining('x', { config })
    expect(read).toMatchObject({ name: 'x', recipe: definition.recipe, data: definition.data })
  })

  it('name every wrong option by its flag and every wrong field by its path', () => {
    const config = filed('r.json', JSON.stringify({ recipe: { mixup: -1 } }))
    const read = (): unknown => readTraining('x', { config, epochs: 'many', images: '3' })
    expect(read).toThrow(/--epochs/)
    expect(read).toThrow(/--images/)
    expect(read).toThrow(/recipe\.mixup/)
    expect(() => readTraining('x', { config: filed('r.json', '{') })).toThrow(/is not JSON/)
    expect(() => readTraining('x', { config: filed('r.json', '[]') })).toThrow(/must hold an object/)
    expect(() => readTraining('x', { config: '/nowhere.json' })).toThrow(/no settings file/)
  })
})

describe('an architecture for the data', () => {
  const data = { shape: [28, 28, 1] as [number, number, number], classes: ['a', 'b', 'c'] }
  it('is built for it from the zoo', async () => {
    expect(metaOf(await fittedArchitecture('resnet18', data, false))).toMatchObject({ input: [28, 28, 1], classes: 3 })
  })
  it('is changed in a file only when asked to', async () => {
    const file = filed('n.gptnas.json', documentText(zooDocument('resnet18', { input: [32, 32, 3], classes: 10 })))
    expect(metaOf(await fittedArchitecture(file, data, false))).toMatchObject({ input: [32, 32, 3], classes: 10 })
    expect(metaOf(await fittedArchitecture(file, data, true))).toMatchObject({ input: [28, 28, 1], classes: 3 })
  })
})
