// What an ONNX file does to pixels before its first layer: the image's own scaling, which only all of the image can have.
import { describe, expect, it } from 'vitest'
import { op, smallModel, tensor } from '../testing/onnx-files'
import { designFromOnnx } from './design-from-onnx'

const kernel = tensor('k', [2, 3, 1, 1])
const constants = [kernel, tensor('half', [], [0.5]), tensor('two', [], [2]), tensor('one', [], [1])]
const ended = [op('GlobalAveragePool', ['last'], 'mean'), op('Flatten', ['mean'], 'y')]
const read = (nodes: Parameters<typeof smallModel>[0]['nodes'], properties = {}) =>
  designFromOnnx(smallModel({ nodes: [...nodes, ...ended], constants, properties }), 'net')

describe('the scaling of an ONNX file', () => {
  it('is what is done to the whole image', () => {
    const { scaling, graph, problems } = read([
      op('Mul', ['x', 'half'], 'a'),
      op('Identity', ['a'], 'b'),
      op('Add', ['b', 'one'], 'c'),
      op('Conv', ['c', 'k'], 'last'),
    ])
    expect(problems).toEqual([])
    expect(graph.nodes.map(({ kind }) => kind)).toEqual(['conv2d', 'global-average-pool', 'flatten'])
    // x / 2 + 1 is (x / 255 - mean) / deviation.
    const deviation = 1 / (255 * 0.5)
    scaling.deviation.forEach((value) => expect(value).toBeCloseTo(deviation, 8))
    scaling.mean.forEach((value) => expect(value).toBeCloseTo(-deviation, 8))
    expect(scaling.isAssumed).not.toBe(true)
  })

  it.each(['Mul', 'Add'])('is none that one branch alone has: %s is a layer of that branch', (name) => {
    const { scaling, graph, problems, values } = read([
      op(name, ['x', 'two'], 'scaled'),
      op('Conv', ['scaled', 'k'], 'left'),
      op('Conv', ['x', 'k'], 'right'),
      op('Add', ['left', 'right'], 'last'),
    ])
    expect(problems).toEqual([])
    expect(scaling).toMatchObject({ mean: [0, 0, 0].map((zero) => expect.closeTo(zero) as number), isAssumed: true })
    scaling.deviation.forEach((value) => expect(value).toBeCloseTo(1 / 255, 10))
    const layer = graph.nodes.find(({ kind }) => kind === 'batch-norm')
    expect(layer?.inputs).toEqual(['input'])
    expect(graph.nodes.find(({ id }) => id === 'right')?.inputs).toEqual(['input'])
    const role = name === 'Mul' ? 'gamma' : 'beta'
    expect([...(values().arrays.find((array) => array.name === `scaled/${role}`)?.values ?? [])]).toEqual([2, 2, 2])
  })

  it('is none behind a value that two operators read', () => {
    const { graph } = read([
      op('Identity', ['x'], 'same'),
      op('Mul', ['same', 'two'], 'scaled'),
      op('Add', ['scaled', 'same'], 'last'),
    ])
    expect(graph.nodes.map(({ kind }) => kind)).toContain('batch-norm')
  })

  it('that a file of ours leaves to who runs it is what its own words say', () => {
    const normalisation = { mean: [0.4, 0.5, 0.6], deviation: [0.2, 0.25, 0.3] }
    const nodes = [op('Conv', ['x', 'k'], 'last')]
    const told = JSON.stringify({ name: 'image', layout: 'nchw', isRaw: false, normalisation })
    // The producer's name is what makes it ours.
    expect(read(nodes, { input: told }).scaling).toMatchObject({ isAssumed: true })
    const ours = smallModel({
      nodes: [...nodes, ...ended],
      constants,
      properties: { input: told },
      producer: 'GPT-NAS Workbench',
    })
    expect(designFromOnnx(ours, 'net').scaling).toEqual(normalisation)
  })

  it('that a damaged property says is not believed', () => {
    for (const input of [
      '{',
      '[]',
      '{"isRaw":false}',
      '{"isRaw":false,"normalisation":{"mean":[1],"deviation":[0]}}',
    ]) {
      const ours = smallModel({
        nodes: [op('Conv', ['x', 'k'], 'last'), ...ended],
        constants,
        properties: { input },
        producer: 'GPT-NAS Workbench',
      })
      expect(designFromOnnx(ours, 'net').scaling.isAssumed).toBe(true)
    }
  })
})
