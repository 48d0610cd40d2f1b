// Documents that are meant to hurt: the work of a walk is bounded by counts, whatever is nested in what and however often.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BUILT_IN_BLOCKS } from './blocks'
import { checkDocument, inspectDocument } from './checks'
import { newBlockDocument, parseDocument, type ArchitectureDocument } from './document'
import { MAX_EDGES, MAX_PARAMETERS } from './document/limits'
import { elaborate } from './elaborate'
import { MAX_BLOCK_DEPTH, MAX_ID_LETTERS, MAX_LAYERS, MAX_PROBLEMS, MAX_READS } from './elaboration'
import { blockLibrary } from './library'
import { HOSTILE_DOCUMENTS, levelsOf } from './testing/hostile-documents'

/** Layers that the largest block in code makes at once: limits are looked at between blocks. */
const ONE_BLOCK = 200

/** The document as a file would bring it; undefined where that is refused. */
function parsed(document: ArchitectureDocument): ArchitectureDocument | undefined {
  try {
    return parseDocument(document)
  } catch (thrown) {
    expect(thrown).toMatchObject({ code: 'invalid-architecture' })
    return undefined
  }
}

function expectBounded(document: ArchitectureDocument): void {
  const { work, problems } = elaborate(document, BUILT_IN_BLOCKS, { withDeadParts: true })
  expect(work.visits).toBeLessThanOrEqual(MAX_LAYERS + ONE_BLOCK)
  expect(work.reads).toBeLessThanOrEqual(MAX_READS + MAX_EDGES)
  expect(work.idLetters).toBeLessThanOrEqual(MAX_ID_LETTERS + ONE_BLOCK * 101 * (MAX_BLOCK_DEPTH + 1))
  expect(problems.length).toBeLessThanOrEqual(MAX_PROBLEMS)
  for (const { message } of problems) expect(message.length).toBeLessThan(2000)
}

describe('the work of a walk', () => {
  const sizes = fc.oneof(fc.integer({ min: 1, max: MAX_BLOCK_DEPTH + 2 }), fc.integer({ min: 1, max: 480 }))

  it.each(Object.keys(HOSTILE_DOCUMENTS))('is bounded for %s, of any size', (family) => {
    fc.assert(
      fc.property(sizes, (size) => {
        const document = parsed(HOSTILE_DOCUMENTS[family]!(size))
        if (document) expectBounded(document)
      }),
      { numRuns: 8, examples: [[MAX_BLOCK_DEPTH], [480]] },
    )
  })

  it.each(Object.keys(HOSTILE_DOCUMENTS))('on %s ends in a list that can be read', (family) => {
    const document = parsed(HOSTILE_DOCUMENTS[family]!(2000))
    // Each rule has its own list.
    if (document)
      expect(inspectDocument(document, BUILT_IN_BLOCKS).problems.length).toBeLessThanOrEqual(4 * MAX_PROBLEMS)
  })

  it('ends at each limit of its own', () => {
    const told = (family: string, size: number): string =>
      elaborate(HOSTILE_DOCUMENTS[family]!(size), BUILT_IN_BLOCKS)
        .problems.map(({ code, message }) => `${code}: ${message}`)
        .join()
    expect(told('blocks without a layer that repeat', MAX_BLOCK_DEPTH)).toMatch(/too-large: .*more than 20000 layers/)
    expect(told('sums of a thousand values that repeat', 480)).toMatch(/takes 2 to 64 inputs/)
    expect(told('blocks that double at each level', MAX_BLOCK_DEPTH)).toMatch(/too-large: .*more than 4000000 letters/)
  })
})

describe('a limit', () => {
  const messages = (document: ArchitectureDocument): string =>
    checkDocument(document, BUILT_IN_BLOCKS)
      .map(({ message }) => message)
      .join('\n')

  it(`lets blocks nest ${MAX_BLOCK_DEPTH} deep, and tells where they go deeper`, () => {
    const deep = HOSTILE_DOCUMENTS['blocks nested deep']!
    expect(messages(deep(MAX_BLOCK_DEPTH))).not.toContain('nested')
    expect(messages(deep(MAX_BLOCK_DEPTH + 1))).toMatch(
      /node ".*": blocks are nested more than 16 deep: .*-b16 > .*-b15 > .*-b14 > … > .*-b0/,
    )
  })

  it('counts blocks of the library like those beside the nodes', () => {
    const library = blockLibrary(levelsOf(MAX_BLOCK_DEPTH + 1))
    const [outermost] = levelsOf(MAX_BLOCK_DEPTH + 1).slice(-1)
    expect(checkDocument(outermost!, library)).toMatchObject([{ code: 'too-large' }])
    expect(checkDocument(levelsOf(MAX_BLOCK_DEPTH).at(-1)!, library)).toEqual([])
  })

  it('holds for parameters, and says how many came', () => {
    const document = newBlockDocument('many')
    const parameters = Object.fromEntries(Array.from({ length: MAX_PARAMETERS + 1 }, (_, at) => [`p${at}`, at]))
    const records = { ...document.records, 'conv2d-1': { ...document.records['conv2d-1']!, parameters } }
    expect(() => parseDocument({ ...document, records })).toThrow(
      /records\.conv2d-1\.parameters: expected at most 100 parameters, received 101/,
    )
  })
})
