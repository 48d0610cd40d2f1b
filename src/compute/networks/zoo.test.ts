import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ZOO_NAMES, zooNetwork } from '@shared/architecture/zoo'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { scoped, tf, type Tensor4D } from '../tensorflow/backend'
import { initialValues } from './initialise'
import { buildNetwork } from './network'
import { sizeOf } from './weights'

const published = z
  .object({ networks: z.record(z.string(), z.object({ parameters: z.number(), statistics: z.number() })) })
  .parse(JSON.parse(readFileSync(join(__dirname, '../../../tests/fixtures/zoo-torchvision.json'), 'utf8'))).networks

describe('the networks of the zoo', () => {
  it.each(ZOO_NAMES)('%s is built with the published number of parameters', (name) => {
    const { arrays, parameterCount } = buildNetwork(zooNetwork(name).graph)
    const statistics = arrays.reduce((sum, { trained, shape }) => sum + (trained ? 0 : sizeOf(shape)), 0)
    expect({ parameters: parameterCount, statistics }).toMatchObject(published[name]!)
  })

  // The smallest of each family, at a size that all of them can take.
  it.each(['resnet18', 'googlenet', 'shufflenet_v2_x0_5', 'regnet_y_400mf', 'efficientnet_b0'])(
    '%s runs: as many arrays and scores as were counted',
    (name) => {
      const network = buildNetwork(zooNetwork(name, { input: [64, 64, 3], classes: 7 }).graph)
      const held = new Map(network.arrays.map((stored) => [stored.name, initialValues(stored, 1)]))
      const used = new Set<string>()
      scoped(() => {
        const images = tf.zeros([2, 64, 64, 3]) as Tensor4D
        const { logits } = network.forward(
          images,
          (array) => {
            used.add(array)
            return tf.tensor(held.get(array)!.values, [...held.get(array)!.shape])
          },
          null,
        )
        expect(logits.shape).toEqual([2, 7])
        expect(logits.dataSync().every(Number.isFinite)).toBe(true)
      })
      expect([...used].sort()).toEqual([...held.keys()].sort())
    },
  )
})
