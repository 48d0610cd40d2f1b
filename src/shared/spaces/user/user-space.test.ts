// User-defined spaces: files and tables that are accepted and refused, the suite of all spaces, exact sizes, and fuzz.
import { describe, expect, it } from 'vitest'
import { BUILT_IN_BLOCKS } from '../../architecture/blocks'
import { costOf } from '../../architecture/cost'
import { expandDocument } from '../../architecture/expand'
import { createRandom } from '../../random'
import { describeSpace } from '../testing/conformance'
import { createKeyCodec } from './key'
import { parseSpaceFile, parseSpaceText } from './space-file'
import { createUserSpace } from './space'
import { readSpaceTable } from './table'
import { randomBlockSpace, randomTable, randomTableSpace } from './testing/random-spaces'

const words = (...choices: string[]) => ({ choices })
const WORDS = {
  format: 'gptnas-space/1',
  name: 'my-space',
  positions: [
    { name: 'layer1', ...words('identity', 'mbconv3_e3', 'mbconv5_e6') },
    { name: 'layer2', ...words('identity', 'mbconv3_e3', 'mbconv5_e6') },
    { name: 'layer3', ...words('narrow', 'wide') },
  ],
  table: { file: 'measured.csv', key: 'arch', fitness: 'val_acc', report: 'test_acc', costs: ['params', 'latency_ms'] },
}
const CSV = [
  'arch,val_acc,test_acc,params,latency_ms',
  '000,0.5,0.4,10,1.5',
  '011,0.75,0.7,20,2.5',
  '221,0.9,,30,',
].join('\n')

const tableOf = (file: ReturnType<typeof parseSpaceFile>, text: string) =>
  readSpaceTable(text, file.table!, createKeyCodec(file.positions))
const wordSpace = (changes: object = {}, text = CSV) => {
  const file = parseSpaceFile({ ...WORDS, ...changes })
  return createUserSpace({ file, table: tableOf(file, text) })
}

// Suites: a dense table of more than 200 rows with a choice of two digits, blocks without limits, blocks with them.
const dense = parseSpaceFile({
  ...WORDS,
  name: 'dense',
  positions: ['a', 'b', 'c', 'd'].map((name) => ({ name, choices: Array.from({ length: 11 }, (_, i) => `w${i}`) })),
  table: { ...WORDS.table, fitness: 'val', report: 'test', costs: ['params'] },
  constraints: { params: { max: 950 } },
})
describeSpace(
  'user-defined of words alone',
  createUserSpace({ file: parseSpaceFile({ ...dense, name: 'alone', table: undefined, constraints: {} }) }),
  BUILT_IN_BLOCKS,
)
describeSpace(
  'user-defined with a table',
  createUserSpace({ file: dense, table: tableOf(dense, randomTable(dense, 1, createRandom(1))) }),
  BUILT_IN_BLOCKS,
)
const BLOCKS = {
  format: 'gptnas-space/1',
  name: 'blocks',
  positions: ['a', 'b', 'c', 'd', 'e'].map((name, i) => ({
    name,
    choices: ['resnet-basic', 'common-conv', 'shufflenet-inverted-residual', 'mb3', 'mb5'],
    width: 16 * (1 + (i >> 1)),
    stride: i % 2 === 0 && i > 0 ? 2 : 1,
  })),
  blocks: {
    mb3: { block: 'efficientnet-mbconv', parameters: { kernel: 3, expansion: 3 } },
    mb5: { block: 'efficientnet-mbconv', parameters: { kernel: 5, expansion: 6 } },
  },
}
describeSpace('user-defined of blocks', createUserSpace({ file: parseSpaceFile(BLOCKS) }), BUILT_IN_BLOCKS)
const limited = createUserSpace({
  file: parseSpaceFile({
    ...BLOCKS,
    name: 'limited',
    constraints: { macs: { max: 14_000_000 }, parameters: { max: 140_000 } },
  }),
})
describeSpace('user-defined of blocks within limits', limited, BUILT_IN_BLOCKS)

describe('a table', () => {
  it('says what is inside, what it costs and what it is worth', () => {
    const space = wordSpace()
    expect(space.size()).toEqual({ count: 3, exact: true })
    expect([...space.all()].map(({ choices }) => choices)).toEqual(['000', '011', '221'])
    expect(space.table!.row(space.parse({ space: 'my-space', choices: '011' }))).toEqual({
      fitness: 0.75,
      report: 0.7,
      costs: [20, 2.5],
    })
    expect(space.table!.row({ space: 'my-space', choices: '221' })).toEqual({
      fitness: 0.9,
      report: undefined,
      costs: [30, undefined],
    })
    expect(space.problems({ space: 'my-space', choices: '001' })).toEqual(['the table has no row "001"'])
    expect(() => space.toDocument({ space: 'my-space', choices: '000' }, 'x')).toThrow(/no block "mbconv3_e3"/)
  })

  it('mutates to the nearest row where no single change is one', () => {
    const mutant = wordSpace().mutate({ space: 'my-space', choices: '000' }, createRandom(1))
    expect(mutant.choices).toBe('011')
  })

  it('is narrowed by constraints on its costs, where something unmeasured is outside', () => {
    const space = wordSpace({ constraints: { latency_ms: { min: 2, max: 3 } } })
    expect([...space.all()].map(({ choices }) => choices)).toEqual(['011'])
    expect(space.problems({ space: 'my-space', choices: '000' })).toEqual(['latency_ms of 1.5 is below the limit of 2'])
    expect(space.problems({ space: 'my-space', choices: '221' })).toEqual(['latency_ms was not measured'])
  })

  it.each([
    ['arch,val_acc\n000,1', /line 1: there is no column "test_acc" \(report\)/],
    [CSV.replace('val_acc', 'valacc'), /no column "val_acc" \(fitness\); did you mean valacc/],
    [CSV.replace('011,', '031,'), /line 3, column arch: "031" has "3" for position layer2, expected 0 to 2/],
    [CSV.replace('011,', '11,'), /line 3, column arch: "11" has 2 digits, expected 3 \(were leading zeros lost/],
    [CSV.replace('0.75', 'high'), /line 3, column val_acc: expected a number, received "high"/],
    [CSV.replace('0.75', ''), /line 3, column val_acc: expected a number, it is empty/],
    [CSV.replace('0.75', 'Infinity'), /line 3, column val_acc: expected a number, received "Infinity"/],
    [`${CSV}\n000,1,1,1,1`, /line 5, column arch: "000" was given before/],
    [`${CSV}\n"002,1,1,1,1`, /line 5: /],
    [CSV.replace('latency_ms', 'params'), /line 1: there are two columns "params"/],
    ['', /has no rows/],
    ['arch,val_acc,test_acc,params,latency_ms', /has no rows/],
  ])('is refused with its line: %j', (text, message) => {
    expect(() => wordSpace({}, text)).toThrow(message)
  })

  it('reads quoted cells, other separators and a byte order mark', () => {
    const text = `\ufeff${CSV.replace(/,/g, ';').replace('000', '"000"').replace(/\n/g, '\r\n')}`
    expect(wordSpace({}, text).size().count).toBe(3)
  })

  it('of 100,000 rows is read and searched in a few seconds', () => {
    const positions = Array.from({ length: 5 }, (_, i) => ({ name: `p${i}`, choices: [...'abcdefghij'] }))
    const start = performance.now()
    const rows = Array.from({ length: 100_000 }, (_, i) => `${String(i).padStart(5, '0')},${i / 1e5},0.5,${i % 97},1`)
    const space = wordSpace({ positions }, [CSV.split('\n')[0], ...rows].join('\n'))
    expect(space.size().count).toBe(100_000)
    expect(space.canFinish([9, 9])).toBe(true)
    expect(space.table!.row({ space: 'my-space', choices: '00042' })!.fitness).toBe(42 / 1e5)
    // Measured 0.6 s on two shared cores; a quadratic reader takes minutes.
    expect(performance.now() - start).toBeLessThan(10_000)
  })
})

describe('blocks', () => {
  it('count exactly the choices whose shapes fit', () => {
    const file = parseSpaceFile({
      format: 'gptnas-space/1',
      name: 'shapes',
      positions: [
        { name: 'a', choices: ['identity', 'resnet-basic', 'common-relu'], width: 32 },
        { name: 'b', choices: ['identity', 'resnet-basic', 'common-max-pool'], stride: 2 },
        { name: 'c', choices: ['identity', 'common-relu'] },
      ],
    })
    const space = createUserSpace({ file })
    // Only resnet-basic widens; at b the identity cannot halve.
    expect(space.size()).toEqual({ count: 4, exact: true })
    expect([...space.all()].map(({ choices }) => choices)).toEqual(['110', '111', '120', '121'])
    expect(space.problems({ space: 'shapes', choices: '010' })[0]).toMatch(
      /position a: identity keeps a map of 32x32x16/,
    )
    expect(space.problems({ space: 'shapes', choices: '210' })[0]).toMatch(
      /"common-relu" keeps the width of its input, 16/,
    )
    // Identities leave no trace: equal networks have one key.
    const { graph } = expandDocument(space.toDocument({ space: 'shapes', choices: '110' }, 'x'), BUILT_IN_BLOCKS)
    expect(graph.nodes.filter(({ id }) => id.startsWith('block-3')).length).toBe(0)
  })

  it('cost what their networks cost, and the limits count exactly', () => {
    let inside = 0
    const unlimited = createUserSpace({ file: parseSpaceFile(BLOCKS) })
    for (const genotype of unlimited.all()) {
      const { graph } = expandDocument(unlimited.toDocument(genotype, 'x'), BUILT_IN_BLOCKS)
      const cost = costOf(graph)
      const isInside = cost.macs <= 14_000_000 && cost.parameters <= 140_000
      if (isInside) inside++
      const there = { space: 'limited', choices: genotype.choices }
      if ((limited.problems(there).length === 0) !== isInside)
        expect([genotype.choices, limited.problems(there)]).toBe(isInside)
    }
    expect(inside).toBeGreaterThan(100)
    expect(inside).toBeLessThan(3000)
    expect(limited.size()).toEqual({ count: inside, exact: true })
  })

  it('of nothing that fits are refused when drawn', () => {
    const file = parseSpaceFile({ ...BLOCKS, constraints: { macs: { max: 10 } } })
    expect(() => createUserSpace({ file }).random(createRandom(1))).toThrow(/No architecture of space blocks/)
  })

  it('need a table where some are blocks and some are only words', () => {
    const mixed = [{ name: 'layer1', ...words('resnet-basic', 'mbconv3_e3') }]
    const file = parseSpaceFile({ ...WORDS, positions: mixed, table: undefined })
    expect(() => createUserSpace({ file })).toThrow(
      /has no table.*positions\.0\.choices\.1: "mbconv3_e3": there is no block "mbconv3_e3"/,
    )
    expect(() => createUserSpace({ file: parseSpaceFile(WORDS) })).toThrow(/needs its table measured.csv/)
    const wrong = {
      ...BLOCKS,
      blocks: { ...BLOCKS.blocks, mb3: { block: 'efficientnet-mbconv', parameters: { kernel: 99 } } },
    }
    expect(() => createUserSpace({ file: parseSpaceFile(wrong) })).toThrow(/kernel must be a whole number from 1 to 15/)
    const own = {
      ...BLOCKS,
      blocks: { ...BLOCKS.blocks, mb3: { block: 'efficientnet-mbconv', parameters: { width: 8 } } },
    }
    expect(() => createUserSpace({ file: parseSpaceFile(own) })).toThrow(/parameters.width belongs to the position/)
  })
})

describe('a space file', () => {
  it.each([
    [{ format: 'gptnas-space/2' }, /format: /],
    [{ name: 'nas-bench-101' }, /name: is the name of a built-in space/],
    [{ name: 'My Space' }, /name: expected small letters/],
    [{ positions: [] }, /positions: /],
    [{ positions: [{ name: 'a', choices: [] }] }, /positions\.0\.choices: /],
    [{ positions: [{ name: 'a', choices: ['x', 'x'] }] }, /positions\.0\.choices\.1: "x" is listed twice/],
    [
      { positions: [words('a'), words('b')].map((p) => ({ name: 'a', ...p })) },
      /positions\.1\.name: "a" is used twice/,
    ],
    [{ positions: [{ name: 'a', choices: [7] }] }, /positions\.0\.choices\.0: /],
    [{ positions: [{ name: 'a', choices: ['b'], stride: 3 }] }, /positions\.0\.stride: /],
    [{ table: { ...WORDS.table, fitness: undefined } }, /table\.fitness: /],
    [{ table: { ...WORDS.table, fitness: 'arch' } }, /table: column "arch" is named for two things/],
    [
      { constraints: { flops: { max: 1 } } },
      /constraints\.flops: expected one of the table's costs \(params, latency_ms\)/,
    ],
    [{ table: undefined, constraints: { params: { max: 1 } } }, /constraints\.params: expected parameters or macs/],
    [{ table: undefined, constraints: { macs: { min: 1 } } }, /constraints\.macs\.min: only the costs of a table/],
    [{ constraints: { params: {} } }, /constraints\.params: expected "min", "max" or both/],
    [{ constraints: { params: { min: 2, max: 1 } } }, /constraints\.params: expected min <= max/],
    [{ blocks: { elsewhere: { block: 'resnet-basic' } } }, /blocks\.elsewhere: no position has this choice/],
    [{ colour: 'red' }, /the file: /],
  ])('is refused with its place: %j', (changes, message) => {
    expect(() => parseSpaceFile({ ...WORDS, ...changes })).toThrow(message)
  })

  it('damaged at random is refused with a reason, never a crash', () => {
    const random = createRandom(7)
    const text = JSON.stringify(WORDS)
    let refusals = 0
    for (let i = 0; i < 500; i++) {
      const at = random.integer(text.length)
      const damaged = random.choice([
        () => text.slice(0, at),
        () => text.slice(0, at) + random.choice([...'{}[]",:0x']) + text.slice(at + 1),
        () => text.replace('"name":"layer1"', '"__proto__":{"name":"layer1"}'),
        () => text.replace('"identity"', random.choice(['1e999', 'null', '{}', '["a"]', '1e308'])),
      ])()
      try {
        parseSpaceText(damaged)
      } catch (thrown) {
        refusals++
        expect(thrown).toMatchObject({ name: 'AppError', code: 'invalid-input' })
        expect((thrown as Error).message.length).toBeGreaterThan(20)
      }
    }
    // A changed letter inside a name is still a space.
    expect(refusals).toBeGreaterThan(250)
  })
})

describe('random spaces', () => {
  const seeds = Array.from({ length: 40 }, (_, i) => i)
  it.each([
    ['words with a table', randomTableSpace],
    ['blocks', randomBlockSpace],
  ])('of %s keep every operator inside, and prefixes tell the truth', (_, make) => {
    for (const seed of seeds) {
      const space = make(seed)
      const random = createRandom(seed)
      let drawn
      try {
        drawn = Array.from({ length: 6 }, () => space.random(random))
      } catch (thrown) {
        expect(thrown).toMatchObject({ code: 'invalid-input' })
        expect(space.size().count === 0 || !space.size().exact).toBe(true)
        continue
      }
      const [first, second] = drawn as [(typeof drawn)[0], (typeof drawn)[0]]
      const made = [
        ...drawn,
        space.mutate(first!, random),
        ...space.crossover(first!, second!, random),
        ...space.neighbours(first!),
      ]
      for (const genotype of made) {
        expect(space.problems(genotype)).toEqual([])
        const choices = space.choicesOf(genotype)
        for (let n = 0; n <= choices.length; n++) expect(space.canFinish(choices.slice(0, n))).toBe(true)
      }
      if (space.size().count > 3000) continue
      const all = [...space.all()]
      expect(new Set(all.map(({ choices }) => choices)).size).toBe(all.length)
      if (space.size().exact) expect(all.length).toBe(space.size().count)
      for (const genotype of all) expect(space.problems(genotype)).toEqual([])
    }
  })
})
