// Files: what is written is read again unchanged, and what is damaged is refused with its place, a thousand times over.
import { describe, expect, it } from 'vitest'
import { AppError } from '../../errors'
import { createRandom, type Random } from '../../random'
import { BUILT_IN_BLOCKS } from '../blocks'
import { blockFromDocument } from '../block-from-document'
import type { ArchitectureDocument } from './index'
import {
  addNode,
  applyDiff,
  documentText,
  newBlockDocument,
  newNetworkDocument,
  parseDocument,
  parseDocumentText,
} from './index'
import { MAX_NODES } from './limits'
import { migrateDocument, type Migration } from './migrations'
import { randomDocument } from './testing/random-edits'

const mine = blockFromDocument(newBlockDocument('mine'))
const library = new Map([...BUILT_IN_BLOCKS, [mine.name, mine] as const])
const network = applyDiff(
  newNetworkDocument('n'),
  addNode(newNetworkDocument('n'), { block: 'mine' }, { after: 'stem-3' }, library),
)

const refusal = (act: () => unknown): string => {
  try {
    act()
  } catch (error) {
    if (error instanceof AppError && error.code === 'invalid-architecture') return error.message
    throw error
  }
  throw new Error('It was accepted.')
}
/** The text of a document with one thing changed. */
const changed = (change: (json: Loose) => void): string => {
  const json = JSON.parse(documentText(network)) as Loose
  change(json)
  return refusal(() => parseDocument(json))
}
interface Loose {
  format: unknown
  records: Record<string, Record<string, unknown>>
}

describe('documentText and parseDocumentText', () => {
  it('give back every document that edits can produce', () => {
    const random = createRandom(2)
    for (let i = 0; i < 150; i++) {
      const document = randomDocument(random, 20, library)
      expect(parseDocumentText(documentText(document))).toEqual(document)
    }
  })

  it('write equal documents as equal files, one record a line', () => {
    const shuffled = Object.fromEntries(Object.entries(network.records).reverse())
    expect(documentText({ ...network, records: shuffled })).toBe(documentText(network))
    const lines = documentText(newNetworkDocument('n')).split('\n')
    expect(lines).toContain(
      '    "stem-1": { "id": "stem-1", "type": "layer", "kind": "conv2d", "parameters": { "channels": 16, "kernel": [3, 3] } },',
    )
    expect(lines.length).toBe(Object.keys(newNetworkDocument('n').records).length + 6)
  })
})

describe('parseDocument', () => {
  it('names the place of what is wrong', () => {
    const cases: [expected: RegExp, (json: Loose) => void][] = [
      [/^format: .*version 2/, (json) => (json.format = 'gptnas-architecture/2')],
      [/^format: .*version 0 .*not known/, (json) => (json.format = 'gptnas-architecture/0')],
      [/^format: expected .*received "photo"/, (json) => (json.format = 'photo')],
      [/^records\.meta\.classes/, (json) => (json.records.meta!.classes = 0)],
      [/^records\.meta\.input/, (json) => (json.records.meta!.input = [32, 32, 3, 1])],
      [/^records\.stem-1\.parameters\.kernel/, (json) => (json.records['stem-1']!.parameters = { kernel: [1, 2, 3] })],
      [/^records\.stem-1\.parameters\.channels/, (json) => (json.records['stem-1']!.parameters = { channels: 1e300 })],
      [/^records\.stem-1.*Unrecognized key.*extra/, (json) => (json.records['stem-1']!.extra = 1)],
      [/^records\.edge-1\.to: there is no node "nowhere"/, (json) => (json.records['edge-1']!.to = 'nowhere')],
      [/^records\.edge-1\.to: nothing can lead to the input/, (json) => (json.records['edge-1']!.to = 'input')],
      [/^records\.stem-1\.id: expected the record's key/, (json) => (json.records['stem-1']!.id = 'other')],
      [/^records: there is no record "output"/, (json) => removeOutput(json)],
      [/^records\.stem-\d: is on a cycle/, (json) => addEdge(json, 'stem-3', 'stem-1')],
      [/^records\.definition\.mine\.document\.records\.meta\.name/, (json) => renameInner(json)],
    ]
    for (const [expected, change] of cases) expect(changed(change)).toMatch(expected)
  })

  it('refuses keys that reach into prototypes, wherever they are', () => {
    const text = documentText(network)
    for (const key of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      const poisoned = text.replace('"parameters": { ', `"parameters": { "${key}": 1, `)
      expect(refusal(() => parseDocumentText(poisoned))).toContain(`the key "${key}" is not allowed`)
    }
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  it('refuses what is too large or too deep without walking all of it', () => {
    expect(
      changed((json) => {
        for (let i = 0; i <= MAX_NODES; i++)
          json.records[`n${i}`] = { id: `n${i}`, type: 'layer', kind: 'relu', parameters: {} }
      }),
    ).toMatch(new RegExp(`^records: \\d+ nodes, expected at most ${MAX_NODES}`))
    const nested = '['.repeat(100_000) + ']'.repeat(100_000)
    expect(refusal(() => parseDocumentText(`{"format":"gptnas-architecture/1","records":${nested}}`))).toMatch(/nested/)
    expect(refusal(() => parseDocument(Array.from({ length: 2_000_000 }, () => 0)))).toMatch(/more than .* values/)
  })

  it('names line and column of a text that is not JSON', () => {
    const text = documentText(network)
    expect(refusal(() => parseDocumentText(text.slice(0, 300)))).toMatch(/^line \d+, column \d+: not JSON/)
    expect(refusal(() => parseDocumentText('{\n  "format" 1\n}'))).toMatch(/^line 2, column 1[12]: not JSON/)
    expect(parseDocumentText(`\uFEFF${text}`)).toEqual(network)
  })

  it('refuses a thousand damaged files with a place and takes none', () => {
    const random = createRandom(2024)
    const kinds = new Map<string, number>()
    for (let i = 0; i < 1000; i++) {
      const document = random.chance(0.3) ? network : randomDocument(random, 6, library)
      const name = random.choice(Object.keys(DAMAGES))
      const text = DAMAGES[name]!(document, random)
      expect(
        refusal(() => parseDocumentText(text)),
        `${i}: ${name}`,
      ).toMatch(PLACE)
      kinds.set(name, (kinds.get(name) ?? 0) + 1)
    }
    expect([...kinds.values()].every((count) => count > 50)).toBe(true)
  })
})

describe('migrateDocument', () => {
  /** Versions 1 to 3 of an imaginary format: kinds were called ops, then classes moved into meta. */
  const steps = new Map<number, Migration>([
    [1, ({ ops, ...rest }) => ({ ...rest, kinds: ops ?? null })],
    [2, ({ classes, ...rest }) => ({ ...rest, meta: { classes: classes ?? null } })],
  ])

  it('takes every step from an old version to the present one', () => {
    const old = { format: 'gptnas-architecture/1', ops: ['a'], classes: 4 }
    const expected = { format: 'gptnas-architecture/3', kinds: ['a'], meta: { classes: 4 } }
    expect(migrateDocument(old, steps, 3)).toEqual(expected)
    expect(migrateDocument(expected, steps, 3)).toBe(expected)
    expect(old).toEqual({ format: 'gptnas-architecture/1', ops: ['a'], classes: 4 })
  })

  it('refuses a newer version and one that nothing leads from', () => {
    expect(() => migrateDocument({ format: 'gptnas-architecture/4' }, steps, 3)).toThrow(/version 4 .* reads up to 3/)
    expect(() => migrateDocument({ format: 'gptnas-architecture/0' }, steps, 3)).toThrow(/version 0 .* not known/)
  })
})

/** A message starts with where: a path, or line and column, or the document as a whole. */
const PLACE = /^(records|format|the document|line \d+, column \d+)\S*.*: \S/

function addEdge(json: Loose, from: string, to: string): void {
  json.records.loop = { id: 'loop', type: 'edge', from, to, slot: 900 }
}

function removeOutput({ records }: Loose): void {
  for (const [id, record] of Object.entries(records)) if (id === 'output' || record.to === 'output') delete records[id]
}

function renameInner(json: Loose): void {
  const inner = json.records['definition.mine']!.document as Loose
  inner.records.meta!.name = 'yours'
}

type Damage = (document: ArchitectureDocument, random: Random) => string
/** The text after `change` has damaged the parsed JSON at a random record. */
const damage =
  (change: (json: Loose, record: Record<string, unknown>, random: Random) => void): Damage =>
  (document, random) => {
    const json = JSON.parse(documentText(document)) as Loose
    change(json, json.records[random.choice(Object.keys(json.records))]!, random)
    return JSON.stringify(json)
  }

const DAMAGES: Readonly<Record<string, Damage>> = {
  truncated: (document, random) => {
    const text = documentText(document).trimEnd()
    return text.slice(0, 1 + random.integer(text.length - 1))
  },
  wrongType: damage((_json, record, random) => {
    const key = random.choice(Object.keys(record).filter((name) => name !== 'label'))
    record[key] = random.choice([null, { a: [] }, [[1]], -7.5e-3, true])
  }),
  missingKey: damage((_json, record, random) => {
    const optional = ['label', 'position', 'title', 'help']
    delete record[random.choice(Object.keys(record).filter((name) => !optional.includes(name)))]
  }),
  cycle: damage((json, _record, random) => {
    const nodes = Object.values(json.records).filter(({ type }) => type === 'layer' || type === 'block')
    const node = nodes.length > 0 ? String(random.choice(nodes).id) : 'output'
    addEdge(json, node, node)
  }),
  hugeNumber: damage((json, record, random) => {
    const huge = random.choice([1e308, -1e12, Number.MAX_SAFE_INTEGER])
    if (random.chance(0.5)) record.position = { x: huge, y: 0 }
    else json.records.meta!.input = [huge, 32, 3]
  }),
  version: damage((json, _record, random) => {
    json.format = random.choice([
      `gptnas-architecture/${2 + random.integer(1e6)}`,
      'gptnas-architecture/-1',
      'x',
      1,
      null,
    ])
  }),
  prototypeKey: damage((_json, record, random) => {
    const key = random.choice(['__proto__', 'constructor', 'toString', 'valueOf'])
    Object.defineProperty(record, key, { value: { polluted: 1 }, enumerable: true })
  }),
  danglingEdge: damage((json, _record, random) => {
    json.records.lost = { id: 'lost', type: 'edge', from: 'input', to: `gone-${random.integer(99)}`, slot: 0 }
  }),
  longText: damage((_json, record, random) => {
    record[random.choice(['label', 'kind', 'name', 'id'])] = 'x'.repeat(5000 + random.integer(5000))
  }),
  notADocument: (_document, random) => random.choice(['', 'null', '[]', '3', '"text"', '{}', '<html>', '{"format":1}']),
}
