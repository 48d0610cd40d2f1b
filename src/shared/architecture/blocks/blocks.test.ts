// Every block against every kind of input: a clean refusal, or a sound graph with the asked width and stride.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../errors'
import type { BlockDefinition } from '../block'
import { inferShapes, outputShape } from '../infer'
import type { ParameterSpec, ParameterValue, TensorShape } from '../layer'
import { BUILT_IN_BLOCKS, blockDefinition, chainableWidth, PAPER_BLOCKS } from './index'

/** Values a user may type, kept small enough that a case takes no time. */
function valueOf(spec: ParameterSpec): fc.Arbitrary<ParameterValue> {
  switch (spec.type) {
    case 'integer':
      return fc.integer({ min: spec.min, max: Math.min(spec.max, 300) })
    case 'number':
      return fc.double({ min: spec.min, max: spec.max, noNaN: true })
    case 'pair':
      return fc.tuple(fc.integer({ min: spec.min, max: 7 }), fc.integer({ min: spec.min, max: 7 }))
    case 'boolean':
      return fc.boolean()
    case 'choice':
      return fc.constantFrom(...spec.choices)
  }
}

/** Every parameter given or left to its default. */
function parametersOf(block: BlockDefinition): fc.Arbitrary<Record<string, ParameterValue>> {
  const values = Object.entries(block.parameters).map(([name, spec]) => [name, valueOf(spec)] as const)
  return fc.record(Object.fromEntries(values), { requiredKeys: [] }) as fc.Arbitrary<Record<string, ParameterValue>>
}

const inputs: fc.Arbitrary<TensorShape> = fc.tuple(
  fc.integer({ min: 1, max: 40 }),
  fc.integer({ min: 1, max: 40 }),
  fc.integer({ min: 1, max: 200 }),
)

function expectedShape(block: BlockDefinition, given: Record<string, ParameterValue>, input: TensorShape): TensorShape {
  const value = (name: string, otherwise: number): number =>
    block.parameters[name] === undefined ? otherwise : Number(given[name] ?? block.parameters[name].default)
  const stride = value('stride', 1)
  if (given.edges === 'hanging') {
    const windows = (size: number): number => {
      const count = Math.ceil((size - value('kernel', 1)) / stride) + 1
      return (count - 1) * stride >= size ? count - 1 : count
    }
    return [windows(input[0]!), windows(input[1]!), input[2]!]
  }
  return [Math.ceil(input[0]! / stride), Math.ceil(input[1]! / stride), value('width', input[2]!)]
}

describe.each([...BUILT_IN_BLOCKS.values()])('block $name', (block) => {
  it('refuses cleanly or gives a sound graph with the asked width and stride', () => {
    fc.assert(
      fc.property(parametersOf(block), inputs, (given, input) => {
        let graph
        try {
          graph = block.expand(given, input)
        } catch (error) {
          expect(error).toBeInstanceOf(AppError)
          expect((error as AppError).code).toBe('invalid-architecture')
          expect((error as AppError).message).toContain(block.name)
          return
        }
        expect(inferShapes(graph).problems).toEqual([])
        expect(outputShape(graph)).toEqual(expectedShape(block, given, input))
        expect(new Set(graph.nodes.map((node) => node.id)).size).toBe(graph.nodes.length)
        expect(graph.nodes.every((node) => !node.id.includes('/'))).toBe(true)
      }),
      { numRuns: 200, seed: 11 },
    )
  })

  it('follows any other block: every input width fits when its own width is chainable', () => {
    fc.assert(
      fc.property(inputs, fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 2 }), (input, wanted, stride) => {
        const given = {
          ...(block.parameters.width !== undefined && { width: chainableWidth(block, wanted) }),
          ...(block.parameters.stride !== undefined && { stride }),
        }
        expect(outputShape(block.expand(given, input))).toEqual(expectedShape(block, given, input))
      }),
      { numRuns: 200, seed: 12 },
    )
  })

  it('refuses an input that is flattened', () => {
    expect(() => block.expand({}, [128])).toThrow(AppError)
  })

  it('refuses a parameter it does not have', () => {
    expect(() => block.expand({ depth: 3 }, [8, 8, 64])).toThrow(/depth is not a parameter here/)
  })
})

describe('the libraries', () => {
  it("hold the paper's 15 blocks, and one more for the zoo", () => {
    expect(PAPER_BLOCKS.size).toBe(15)
    expect(BUILT_IN_BLOCKS.size).toBe(16)
  })

  it('name the block that was probably meant', () => {
    expect(() => blockDefinition(PAPER_BLOCKS, 'resnet_basic')).toThrow(
      expect.objectContaining({ fix: expect.stringContaining('resnet-basic') }),
    )
  })

  it('keep a width that fits and round up one that does not', () => {
    const shuffle = blockDefinition(PAPER_BLOCKS, 'shufflenet-inverted-residual')
    expect([chainableWidth(shuffle, 15), chainableWidth(shuffle, 16)]).toEqual([16, 16])
    expect(chainableWidth(blockDefinition(PAPER_BLOCKS, 'googlenet-inception'), 1)).toBe(4)
  })
})

describe('adapting to the input', () => {
  it('has no projection where the shape stays and one where it changes', () => {
    const basic = blockDefinition(PAPER_BLOCKS, 'resnet-basic')
    const hasShortcut = (width: number, stride: number): boolean =>
      basic.expand({ width, stride }, [8, 8, 16]).nodes.some((node) => node.id === 'shortcut.conv')
    expect([hasShortcut(16, 1), hasShortcut(32, 1), hasShortcut(16, 2)]).toEqual([false, true, true])
  })

  it('passes half the channels through a ShuffleNet block only where the shape stays', () => {
    const shuffle = blockDefinition(PAPER_BLOCKS, 'shufflenet-inverted-residual')
    const hasSplit = (width: number, stride: number): boolean =>
      shuffle.expand({ width, stride }, [8, 8, 16]).nodes.some((node) => node.kind === 'split')
    expect([hasSplit(16, 1), hasSplit(32, 1), hasSplit(16, 2)]).toEqual([true, false, false])
  })

  it("keeps ResNeXt's group width in narrow blocks and torchvision's groups in wide ones", () => {
    const resnext = blockDefinition(PAPER_BLOCKS, 'resnext-bottleneck')
    const grouped = (width: number) =>
      resnext.expand({ width }, [8, 8, 64]).nodes.find((node) => node.id === 'main.conv')!.parameters
    expect(grouped(32)).toMatchObject({ channels: 16, groups: 4 })
    expect(grouped(256)).toMatchObject({ channels: 128, groups: 32 })
    expect(grouped(512)).toMatchObject({ channels: 256, groups: 32 })
  })
})
