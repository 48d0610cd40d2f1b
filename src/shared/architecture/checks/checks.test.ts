// Every check on a small document that has the problem, and what its repair does to it.
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../random'
import { BUILT_IN_BLOCKS } from '../blocks'
import { blockFromDocument } from '../block-from-document'
import type { BlockLibrary } from '../block'
import type { ArchitectureDocument, ChainLayer, DocumentDiff } from '../document'
import {
  addNode,
  applyDiff,
  chainDocument,
  cifarStem,
  classifierHead,
  connect,
  disconnect,
  newBlockDocument,
  newNetworkDocument,
  setBlockParameters,
  setInputShape,
  setParameter,
} from '../document'
import { randomDocument } from '../document/testing/random-edits'
import type { Problem, ProblemCode } from './index'
import { checkDocument, inspectDocument, isSound, repairDocument } from './index'

const base = newNetworkDocument('n')
const layers = (...stem: ChainLayer[]): ArchitectureDocument =>
  chainDocument({ name: 'n', inputShape: [32, 32, 3], classes: 10, stem, blocks: [], head: classifierHead() })
const after = (document: ArchitectureDocument, ...edits: ((d: ArchitectureDocument) => DocumentDiff)[]) =>
  edits.reduce((current, edit) => applyDiff(current, edit(current)), document)
const check = (document: ArchitectureDocument, library: BlockLibrary = BUILT_IN_BLOCKS): Problem[] =>
  checkDocument(document, library)
const only = (document: ArchitectureDocument, code: ProblemCode): Problem => {
  const found = check(document).filter((problem) => problem.code === code)
  expect(found, JSON.stringify(check(document).map(({ message }) => message))).toHaveLength(1)
  return found[0]!
}
/** The document after the repair, which must have solved this problem and brought no error. */
const repaired = (document: ArchitectureDocument, code: ProblemCode): ArchitectureDocument => {
  const result = applyDiff(document, only(document, code).fix!.diff)
  expect(check(result).filter((problem) => problem.code === code)).toEqual([])
  return result
}
/** A residual pair: convolution `conv` and the stem's output, added. */
const residual = (conv: ChainLayer['parameters']): ArchitectureDocument =>
  after(
    base,
    (d) => addNode(d, { kind: 'conv2d', parameters: conv }, { after: 'stem-3' }),
    (d) => addNode(d, { kind: 'batch-norm' }, { after: 'conv2d-1' }),
    (d) => addNode(d, { kind: 'add' }, { after: 'batch-norm-1' }),
    (d) => connect(d, 'stem-3', 'add-1'),
  )

describe('checkDocument', () => {
  it('finds nothing wrong with the templates, except how little the network sees', () => {
    expect(check(base).map((problem) => problem.code)).toEqual(['receptive-field'])
    expect(check(newBlockDocument('b'))).toEqual([])
  })

  it('projects the inputs of a sum that differ in channels and size', () => {
    const document = residual({ channels: 32, stride: [2, 2] })
    const problem = only(document, 'shape-mismatch')
    expect(problem).toMatchObject({ severity: 'error', nodeId: 'add-1' })
    expect(problem.message).toBe('add-1: the inputs have different shapes, [16, 16, 32] and [32, 32, 16].')
    const { nodeShapes, problems } = inspectDocument(repaired(document, 'shape-mismatch'), BUILT_IN_BLOCKS)
    expect(isSound(problems)).toBe(true)
    expect(nodeShapes.get('add-1')).toEqual([16, 16, 32])
  })

  it('flattens in front of a dense layer', () => {
    const stem = [...cifarStem(16), { kind: 'dense' }]
    const document = chainDocument({ name: 'n', inputShape: [32, 32, 3], classes: 10, stem, blocks: [], head: [] })
    const fixed = repaired(document, 'shape-mismatch')
    expect(inspectDocument(fixed, BUILT_IN_BLOCKS).nodeShapes.get('stem-4')).toEqual([10])
  })

  it('sets groups to the nearest divisor of both sides', () => {
    const document = layers(...cifarStem(12), { kind: 'conv2d', parameters: { channels: 18, groups: 4 } })
    const fixed = repaired(document, 'groups')
    // 3 and 6 divide 12 and 18; 3 is nearer to 4.
    expect(fixed.records['stem-4']).toMatchObject({ parameters: { groups: 3 } })
  })

  it('pads or removes what pools below one position', () => {
    const small = applyDiff(layers({ kind: 'max-pool', parameters: { kernel: [5, 5], padding: 'none' } }), {
      ...setInputShape(base, [3, 3, 3]),
    })
    expect(repaired(small, 'below-one').records['stem-1']).toMatchObject({ parameters: { padding: 'half' } })
  })

  it('corrects parameters out of range and names the one that is not known', () => {
    const document = after(
      base,
      (d) => setParameter(d, 'stem-1', 'channels', -3),
      (d) => setParameter(d, 'stem-1', 'kernel', 'big'),
      (d) => setParameter(d, 'stem-1', 'colour', 1),
      (d) => setParameter(d, 'stem-1', 'groups', { bind: 'width' }),
    )
    const messages = check(document).flatMap((p) => (p.code === 'parameter-range' ? [p.message] : []))
    expect(messages).toHaveLength(4)
    expect(messages.join()).toMatch(/channels must be.*-3.*kernel must be.*big.*groups follows "width".*colour/s)
    const fixed = repairDocument(document, BUILT_IN_BLOCKS)
    expect(isSound(check(fixed))).toBe(true)
    expect(fixed.records['stem-1']).toMatchObject({ parameters: { channels: 1 } })
  })

  it('names unknown kinds and blocks with what may have been meant', () => {
    const document = after(layers({ kind: 'conv2dd' }, ...cifarStem(4)), (d) =>
      addNode(d, { block: 'resnet-basik' }, { after: 'stem-4' }),
    )
    expect(only(document, 'unknown-kind').message).toMatch(/conv2dd.*did you mean "conv2d"/)
    expect(only(document, 'unknown-block').message).toMatch(/resnet-basik.*"resnet-basic"/)
  })

  it('removes loose nodes and branches that lead nowhere', () => {
    const document = after(
      base,
      (d) => addNode(d, { kind: 'relu' }),
      (d) => addNode(d, { kind: 'sigmoid' }),
      (d) => addNode(d, { kind: 'tanh' }),
      (d) => connect(d, 'stem-3', 'sigmoid-1'),
      (d) => connect(d, 'sigmoid-1', 'tanh-1'),
    )
    expect(only(document, 'dangling-node')).toMatchObject({ nodeId: 'relu-1', severity: 'warning' })
    expect(only(document, 'dead-branch')).toMatchObject({ nodeId: 'tanh-1', severity: 'warning' })
    expect(repairDocument(document, BUILT_IN_BLOCKS)).toEqual(base)
  })

  it('says what is missing at the ends and connects the only loose end', () => {
    const cut = after(base, (d) => disconnect(d, 'edge-7'))
    expect(only(cut, 'no-output').message).toMatch(/nothing is connected to the output/i)
    expect(check(repaired(cut, 'no-output'))).toEqual(check(base))
    const headless = after(base, (d) => disconnect(d, 'edge-1'))
    expect(check(headless).map(({ code }) => code)).toEqual(expect.arrayContaining(['input-count', 'no-input']))
  })

  it('refuses two nodes at the output and two values in one place of a merge', () => {
    const extra = (from: string, to: string, slot: number): DocumentDiff => ({
      added: { extra: { id: 'extra', type: 'edge', from, to, slot } },
      updated: {},
      removed: {},
    })
    expect(only(applyDiff(base, extra('stem-3', 'output', 1)), 'several-outputs').severity).toBe('error')
    const twice = applyDiff(residual({ channels: 16 }), extra('input', 'add-1', 0))
    expect(only(twice, 'duplicate-slot')).toMatchObject({ nodeId: 'add-1', edgeId: 'extra' })
    repaired(twice, 'duplicate-slot')
  })

  it('reports a circle that only damaged data can hold', () => {
    const diff: DocumentDiff = {
      added: { back: { id: 'back', type: 'edge', from: 'stem-3', to: 'stem-2', slot: 0 } },
      updated: {},
      removed: {},
    }
    expect(only(applyDiff(base, diff), 'cycle').message).toMatch(/stem-[23]/)
  })

  it('wants one logit per class', () => {
    const document = chainDocument({
      name: 'n',
      inputShape: [32, 32, 3],
      classes: 7,
      stem: cifarStem(8),
      blocks: [],
      head: [],
    })
    expect(only(document, 'output-shape').message).toMatch(/32x32x8.*7 classes/)
    expect(isSound(check(repaired(document, 'output-shape')))).toBe(true)
    const fixedFeatures = after(base, (d) => setParameter(d, 'head-3', 'features', 5))
    expect(repaired(fixedFeatures, 'output-shape').records['head-3']).toMatchObject({
      parameters: { features: { bind: 'classes' } },
    })
    const softmax = after(base, (d) => addNode(d, { kind: 'softmax' }, { after: 'head-3' }))
    expect(repaired(softmax, 'softmax-output').records).toEqual(base.records)
  })

  it('hints at convolutions without normalisation, but not at gates and pre-activation', () => {
    const bare = layers({ kind: 'conv2d' }, { kind: 'relu' })
    expect(only(bare, 'missing-normalisation')).toMatchObject({ severity: 'hint', nodeId: 'stem-1' })
    expect(repaired(bare, 'missing-normalisation').records['batch-norm-1']).toBeDefined()
    const preActivation = layers({ kind: 'batch-norm' }, { kind: 'relu' }, { kind: 'conv2d' }, { kind: 'relu' })
    const gate = layers(...cifarStem(8), { kind: 'global-average-pool' }, { kind: 'conv2d' }, { kind: 'sigmoid' })
    for (const document of [preActivation, gate])
      expect(check(document).map(({ code }) => code)).not.toContain('missing-normalisation')
  })

  it('compares the receptive field with the input', () => {
    expect(only(base, 'receptive-field').message).toMatch(/sees 3x3 of the 32x32/)
    const pools = Array.from({ length: 4 }, () => ({ kind: 'max-pool' }))
    expect(check(layers(...cifarStem(8), ...pools))).toEqual([])
  })

  it('says what a chain needs of a block', () => {
    const document = after(newBlockDocument('b'), (d) => setParameter(d, 'conv2d-1', 'channels', 32))
    expect(only(document, 'block-output').message).toMatch(/32 channels although its width is 64/)
    const undeclared = after(newBlockDocument('b'), (d) => setBlockParameters(d, {}))
    expect(isSound(check(undeclared))).toBe(false)
  })

  it('offers the newer version of a block and the removal of one that is not used', () => {
    const old = blockFromDocument(newBlockDocument('mine'))
    const network = after(base, (d) => addNode(d, { block: 'mine' }, { after: 'stem-3' }, new Map([['mine', old]])))
    const newer = after(newBlockDocument('mine'), (d) => addNode(d, { kind: 'dropout' }, { after: 'relu-1' }))
    const library = new Map([['mine', blockFromDocument(newer)]])
    const problem = check(network, library).find(({ code }) => code === 'outdated-definition')!
    expect(problem.nodeId).toBe('mine-1')
    const updated = applyDiff(network, problem.fix!.diff)
    expect(check(updated, library).map(({ code }) => code)).not.toContain('outdated-definition')
    expect(inspectDocument(updated, library).graph!.nodes.map(({ id }) => id)).toContain('mine-1/dropout-1')
  })

  it('survives anything edits can produce, and repairs never break what they touch', () => {
    const random = createRandom(11)
    let repairs = 0
    for (let i = 0; i < 150; i++) {
      const document = randomDocument(random, 25, BUILT_IN_BLOCKS)
      const before = check(document)
      for (const { code, message, nodeId, fix } of before) {
        if (!fix) continue
        repairs++
        const left = check(applyDiff(document, fix.diff))
        const isSame = (p: Problem): boolean => p.code === code && p.message === message && p.nodeId === nodeId
        expect(left.filter(isSame).length, `${i}: ${message}`).toBeLessThan(before.filter(isSame).length)
      }
      const sound = repairDocument(document, BUILT_IN_BLOCKS)
      expect(check(sound).filter((p) => p.severity !== 'hint' && p.fix)).toEqual([])
    }
    expect(repairs).toBeGreaterThan(300)
  })
})
