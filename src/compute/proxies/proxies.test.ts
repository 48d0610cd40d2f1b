// Zero-cost figures against PyTorch's in float64 (tests/fixtures/zero-cost-proxies.py), against what is known by hand, and without leaks.
import { describe, expect, it } from 'vitest'
import type { LayerGraph } from '@shared/architecture/layer'
import type { ProxyRequest } from '@shared/contract/compute'
import { PROXY_NAMES } from '@shared/evaluators/proxies'
import golden from '../../../tests/fixtures/zero-cost-proxies.json'
import { normalise } from '../data/normalise'
import { buildNetwork } from '../networks/network'
import { tf, uint8Tensor, type Tensor1D } from '../tensorflow/backend'
import { chain, tinyGraph, tinyJob } from '../training/testing/tiny-job'
import { measureProxies } from './measure'
import type { ProxyInput } from './proxy'
import { PROXIES } from './registry'
import { synflow } from './synflow'

const GOLDEN = buildNetwork(golden.graph as unknown as LayerGraph)

function goldenInput(): ProxyInput & { dispose(): void } {
  const stored = new Map(
    GOLDEN.arrays.map(({ name, shape }) => [
      name,
      tf.tensor((golden.weights as unknown as Record<string, number[]>)[name]!, [...shape], 'float32'),
    ]),
  )
  const count = golden.labels.length
  const images = tf.tidy(() => normalise(uint8Tensor(Uint8Array.from(golden.pixels), [count, 8, 8, 3]), golden))
  const labels = tf.tensor1d(golden.labels, 'int32')
  const seed: Tensor1D = tf.tensor1d([3, 4], 'int32')
  return {
    network: GOLDEN,
    array: (name) => stored.get(name)!,
    images,
    labels,
    seed,
    dispose: () => tf.dispose([...stored.values(), images, labels, seed]),
  }
}

async function request(change: Partial<ProxyRequest> = {}): Promise<ProxyRequest> {
  const { data, trainIndices } = await tinyJob()
  return { graph: tinyGraph(), names: [...PROXY_NAMES], seed: 7, data, indices: trainIndices, images: 16, ...change }
}

describe('a zero-cost figure', () => {
  it.each(PROXY_NAMES)('%s is PyTorch’s', (name) => {
    const input = goldenInput()
    try {
      const value = PROXIES[name](input)
      const wanted = golden.figures[name]
      // Float32 against float64; a gradient through batch statistics loses three digits more.
      expect(Math.abs(value - wanted) / Math.abs(wanted)).toBeLessThan(name === 'jacobian' ? 2e-3 : 1e-4)
    } finally {
      input.dispose()
    }
  })

  it('of the same request is the same, of another start another', async () => {
    const first = await measureProxies(await request())
    expect(first.images).toBe(16)
    expect(Object.keys(first.values)).toEqual([...PROXY_NAMES])
    expect(await measureProxies(await request())).toEqual(first)
    const other = await measureProxies(await request({ seed: 8 }))
    for (const name of ['synflow', 'naswot', 'jacobian', 'grad-norm'] as const)
      expect(other.values[name]).not.toBe(first.values[name])
    expect(other.values.parameters).toBe(first.values.parameters)
  })

  it('leaves no tensor behind, also where it fails', async () => {
    const asked = await request()
    await measureProxies(asked)
    const before = tf.memory().numTensors
    await measureProxies(asked)
    await expect(measureProxies(asked, AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' })
    await expect(measureProxies({ ...asked, data: { ...asked.data, classes: 4 } })).rejects.toMatchObject({
      code: 'invalid-architecture',
    })
    expect(tf.memory().numTensors).toBe(before)
  })

  it('is null where the network gives none', async () => {
    const graph = chain(
      [8, 8, 3],
      [
        { kind: 'conv2d', parameters: { channels: 4, kernel: [3, 3] } },
        { kind: 'relu', parameters: {} },
        { kind: 'zero', parameters: {} },
        { kind: 'global-average-pool', parameters: {} },
        { kind: 'flatten', parameters: {} },
        { kind: 'dense', parameters: { features: 3 } },
      ],
    )
    const { values } = await measureProxies(await request({ graph }))
    expect(values).toMatchObject({ synflow: null, jacobian: null })
    expect(values['grad-norm']).toEqual(expect.any(Number))
  })
})

describe('synaptic flow', () => {
  // Scores are proportional to every kernel, so each kernel's share of the flow is the sum of the scores (Euler).
  it('of a network whose scores are beyond float32 is what follows by hand', () => {
    const [depth, width, weight] = [60, 64, 0.2]
    const graph = chain(
      [4, 4, 3],
      [
        ...Array.from({ length: depth }, () => ({
          kind: 'conv2d' as const,
          parameters: { channels: width, kernel: [1, 1] as [number, number] },
        })),
        { kind: 'global-average-pool', parameters: {} },
        { kind: 'flatten', parameters: {} },
        { kind: 'dense', parameters: { features: 3, bias: false } },
      ],
    )
    const network = buildNetwork(graph)
    tf.tidy(() => {
      const values = new Map(network.arrays.map(({ name, shape }) => [name, tf.fill([...shape], -weight)]))
      const labels = tf.tensor1d([0, 1], 'int32')
      const seed = tf.tensor1d([0, 0], 'int32')
      const flow = synflow({
        network,
        array: (name) => values.get(name)!,
        images: tf.zeros([2, 4, 4, 3]),
        labels,
        seed,
      })
      const scores = Math.log(3) + Math.log(3 * weight) + depth * Math.log(width * weight)
      expect(flow).toBeCloseTo(Math.log(depth + 1) + scores, 3)
    })
  })
})
