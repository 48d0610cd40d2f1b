// The commands that need no engine, run as the shell runs them: what they print, as text and JSON, and their exit codes.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { Command } from 'commander'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  chainDocument,
  cifarStem,
  classifierHead,
  documentText,
  parseDocumentText,
} from '@shared/architecture/document'
import { zooDocument } from '@shared/architecture/document/zoo-document'
import fixture from '../../tests/fixtures/nas-bench-101-records.json'
import counts from '../../tests/fixtures/zoo-torchvision.json'
import { checkCommand } from './commands/check'
import { costCommand } from './commands/cost'
import { diffCommand } from './commands/diff'
import { readDefinition } from './definition'
import { spaceCommand } from './commands/space'
import { zooCommand } from './commands/zoo'
import { writeLines } from './line-stream'
import { captureOutput } from './testing/written'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'local-commands-'))
})
afterAll(() => rmSync(folder, { recursive: true }))
afterEach(() => {
  vi.restoreAllMocks()
  process.exitCode = undefined
})

const at = (name: string): string => join(folder, name)

async function run(...words: string[]): Promise<{ out: string; err: string; code: number; json: () => unknown }> {
  const written = captureOutput()
  const program = new Command('gpt-nas').exitOverride().configureOutput({ writeErr: () => undefined })
  for (const add of [spaceCommand, zooCommand, checkCommand, costCommand, diffCommand]) add(program)
  let code = 0
  try {
    await program.parseAsync(['node', 'gpt-nas', ...words])
    code = Number(process.exitCode ?? 0)
  } catch (thrown) {
    // What index.ts does with commander's errors.
    if ((thrown as { name?: string }).name !== 'CommanderError') throw thrown
    code = 2
  } finally {
    vi.restoreAllMocks()
    process.exitCode = undefined
  }
  return { ...written, code, json: () => JSON.parse(written.out) as unknown }
}

const design = (blocks: string[], name = 'design', width = 16): string => {
  const document = chainDocument({
    name,
    inputShape: [32, 32, 3],
    classes: 10,
    stem: cifarStem(16),
    blocks: blocks.map((block) => ({ block, parameters: { width, stride: 1 } })),
    head: classifierHead(),
  })
  const path = at(`${name}.gptnas.json`)
  writeFileSync(path, documentText(document))
  return path
}

const SPACE = {
  format: 'gptnas-space/1',
  name: 'mine',
  positions: ['a', 'b'].map((name) => ({ name, choices: ['identity', 'fast', 'slow'] })),
  table: { file: 'measured.csv', key: 'arch', fitness: 'val', report: 'test', costs: ['ms'] },
  constraints: { ms: { max: 5 } },
}
const spaceFile = (name: string, changes: object = {}): string => {
  writeFileSync(at('measured.csv'), 'arch,val,test,ms\n00,1,2,3\n01,2,3,4\n22,3,4,9\n')
  writeFileSync(at(name), JSON.stringify({ ...SPACE, ...changes }))
  return at(name)
}

describe('gpt-nas space', () => {
  it.each([
    ['nas-bench-101', '423,624 unique cells\n', { count: 423624, exact: true, classes: null }],
    ['nas-bench-201', '15,625 cells in 6,466 classes\n', { count: 15625, exact: true, classes: 6466 }],
  ])('counts %s', async (name, text, json) => {
    expect(await run('space', 'count', name)).toMatchObject({ out: text, err: '', code: 0 })
    expect((await run('space', 'count', name, '--json')).json()).toEqual({ name, ...json })
  })

  it('enumerates a cell a line, each with its own hash; with --json an object a line', async () => {
    const { out } = await run('space', 'enumerate', 'nas-bench-201')
    const lines = out.trimEnd().split('\n')
    expect(lines).toHaveLength(15_625)
    expect(new Set(lines.map((line) => line.slice(0, 32))).size).toBe(5390)
    for (const line of lines.slice(0, 50)) expect(line).toMatch(/^[0-9a-f]{32}( \d+){6}$/)
    const json = (await run('space', 'enumerate', 'nas-bench-201', '--json')).out.split('\n', 1)[0]!
    expect(JSON.parse(json)).toMatchObject({ tokens: expect.any(Array), genotype: { space: 'nas-bench-201' } })
  })

  it('reads a user-defined space with its table, and keeps the report column to itself', async () => {
    const file = spaceFile('mine.json')
    expect((await run('space', 'count', file)).out).toBe('2 architectures\n')
    expect((await run('space', 'enumerate', file)).out.trimEnd().split('\n')).toHaveLength(2)
    const shown = await run('space', 'show', file)
    expect(shown.out).toContain('measured.csv, 3 rows, fitness val')
    expect(shown.out).not.toContain('test')
    const drawn = (await run('space', 'sample', file, '--count', '20', '--json')).json() as { genotype: object }[]
    expect(new Set(drawn.map(({ genotype }) => JSON.stringify(genotype)))).toEqual(
      new Set(['{"space":"mine","choices":"00"}', '{"space":"mine","choices":"01"}']),
    )
    expect(await run('space', 'sample', file, '--out', at('nowhere'))).toMatchObject({ code: 1 })
  })

  it('reads the block chain of a search file, and writes samples that can be trained', async () => {
    writeFileSync(at('search.json'), JSON.stringify({ name: 's', space: { minBlocks: 2, maxBlocks: 3 } }))
    expect((await run('space', 'count', at('search.json'))).out).toMatch(/^at most [\d,]+ chains\n$/)
    const out = (await run('space', 'sample', at('search.json'), '--seed', '4', '--count', '2', '--out', at('drawn')))
      .out
    const files = out.trimEnd().split('\n')
    expect(files).toHaveLength(2)
    for (const file of files) expect((await run('check', file)).code).toBe(0)
    expect((await run('space', 'sample', at('search.json'), '--seed', '4')).out).toBe(
      (await run('space', 'sample', at('search.json'), '--seed', '4')).out,
    )
  })

  // Node's own recursion never ends below /proc.
  it.skipIf(process.platform !== 'linux')('says so where a folder cannot be made', async () => {
    const refused = await run('space', 'sample', at('search.json'), '--out', '/proc/gptnas/samples')
    expect(refused).toMatchObject({ code: 1, err: expect.stringMatching(/make the folder \/proc\/gptnas\/samples/) })
  })

  it.each([
    [['space', 'count', 'nas-bench-301'], 1, /no space and no file "nas-bench-301"/],
    [['space', 'enumerate', 'block-chain'], 1, /too many to list/],
    [['space', 'sample', 'nas-bench-101', '--count', '0'], 2, /^$/],
    [['space', 'import-nas-bench-101', 'missing.tfrecord', '--out', 'x.csv'], 1, /There is no TFRecord file missing/],
  ])('refuses %j', async (words, code, message) => {
    const result = await run(...words)
    expect(result.code).toBe(code)
    expect(result.err).toMatch(message)
    expect(result.out).toBe('')
  })

  it('reads files with a byte-order mark and in UTF-16, as Windows editors save them, and names the line of other encodings', async () => {
    const text = JSON.stringify({ name: 's', space: { minBlocks: 2, maxBlocks: 3 } }, null, 1)
    for (const bytes of [`\uFEFF${text}`, Buffer.from(`\uFEFF${text}`, 'utf16le')]) {
      writeFileSync(at('search.json'), bytes)
      expect((await run('space', 'count', at('search.json'))).out).toMatch(/^at most [\d,]+ chains\n$/)
      expect(readDefinition({ config: at('search.json') }).name).toBe('s')
    }
    writeFileSync(at('search.json'), Buffer.from(text.replace('"s"', '"K\u00e4se"'), 'latin1'))
    expect(() => readDefinition({ config: at('search.json') })).toThrow(/search.json is not UTF-8 text: line 2/)
    expect((await run('space', 'count', at('search.json'))).err).toContain('line 2')
  })

  it('names what is wrong in a space file, also as JSON', async () => {
    const file = spaceFile('bad.json', { positions: [{ name: 'a', choices: ['x', 'x'] }] })
    expect(await run('space', 'count', file)).toMatchObject({
      code: 1,
      err: expect.stringContaining('positions.0.choices.1'),
    })
    expect((await run('space', 'count', file, '--json')).json()).toMatchObject({ error: { code: 'invalid-input' } })
    for (const table of ['/etc/hostname', '../elsewhere.csv']) {
      const reaching = spaceFile('reaching.json', { table: { ...SPACE.table, file: table } })
      expect((await run('space', 'count', reaching)).err).toContain("does not lie in the space file's folder")
    }
    const lost = spaceFile('lost.json', { table: { ...SPACE.table, file: 'lost.csv' } })
    expect((await run('space', 'count', lost)).err).toContain('There is no table')
    writeFileSync(at('text.json'), '{ "format": ')
    expect((await run('space', 'count', at('text.json'))).err).toContain('text.json is not JSON')
  })

  it('imports official records into a table', async () => {
    const source = at('records.tfrecord')
    writeFileSync(source, Buffer.from(fixture.tfrecord, 'base64'))
    const result = await run('space', 'import-nas-bench-101', source, '--out', at('cells.csv'), '--json')
    expect(result.json()).toEqual({ records: 48, cells: 12, epochs: 108, file: at('cells.csv') })
    expect(readFileSync(at('cells.csv'), 'utf8').trimEnd().split('\n')).toHaveLength(13)
  })
})

describe('gpt-nas zoo', () => {
  it("lists the 36 networks with exactly torchvision's counts", async () => {
    const networks = (await run('zoo', '--json')).json() as { name: string; params: number; macs: number }[]
    expect(networks).toHaveLength(36)
    expect(Object.fromEntries(networks.map(({ name, params, macs }) => [name, { params, macs }]))).toEqual(
      Object.fromEntries(
        Object.entries(counts.networks).map(([name, { parameters, macs }]) => [name, { params: parameters, macs }]),
      ),
    )
  })

  it('writes one as a document that is sound and costs the same', async () => {
    const file = at('resnet.gptnas.json')
    const words = ['zoo', 'resnet18', '--input', '64', '--classes', '7', '--out', file, '--json']
    const [{ params, macs }] = (await run(...words)).json() as [{ params: number; macs: number }]
    expect((await run('check', file)).code).toBe(0)
    expect((await run('cost', file, '--json')).json()).toMatchObject({ total: { parameters: params, macs } })
    expect((await run('zoo', '--out', file)).code).toBe(2)
    expect((await run('zoo', 'resnet-50')).err).toContain('Did you mean resnet50')
    expect((await run('zoo', 'googlenet', '--input', '8')).err).toMatch(/does not fit/)
  })
})

describe('gpt-nas check, cost and diff', () => {
  it('name each problem, repair, and say by the exit code whether it can be trained', async () => {
    const good = design(['resnet-basic', 'common-conv'])
    expect(await run('check', 'resnet18')).toMatchObject({ code: 0, out: '"resnet18" has no problems.\n' })
    const made = { format: 'tfjs', architecture: zooDocument('resnet18'), files: [] }
    mkdirSync(at('exported'))
    expect(await run('check', at('exported'))).toMatchObject({
      code: 1,
      err: expect.stringContaining('is no export') as string,
    })
    writeFileSync(at('exported/metadata.json'), JSON.stringify(made))
    expect((await run('check', at('exported'))).out).toContain('"resnet18" has no problems.')
    expect((await run('check', at('exported/metadata.json'))).code).toBe(0)
    // It sees too little of the image, which is a hint only.
    expect(await run('check', good)).toMatchObject({ code: 0, out: expect.stringMatching(/^hint \[block-2\]: /) })
    const document = parseDocumentText(readFileSync(good, 'utf8'))
    const head = document.records['head-3']! as { parameters: object }
    const broken = {
      ...document,
      records: { ...document.records, 'head-3': { ...head, parameters: { features: 3 } } },
    }
    writeFileSync(at('broken.gptnas.json'), JSON.stringify(broken))
    const result = await run('check', at('broken.gptnas.json'))
    expect(result.code).toBe(1)
    expect(result.out).toContain('expected one number for each of the 10 classes')
    expect(result.out).toContain('repair: Let its features follow the number of classes')
    expect((await run('check', at('broken.gptnas.json'), '--json')).json()).toMatchObject({
      isTrainable: false,
      problems: [{ code: 'output-shape', severity: 'error', nodeId: 'output' }, { severity: 'hint' }],
    })
    expect((await run('check', at('broken.gptnas.json'), '--fix', at('fixed.gptnas.json'))).code).toBe(0)
    expect((await run('check', at('fixed.gptnas.json'))).code).toBe(0)
  })

  it('cost adds up over the layers', async () => {
    type Layer = { parameters: number; statistics: number; macs: number }
    const { layers, total } = (await run('cost', 'shufflenet_v2_x0_5', '--json')).json() as {
      layers: Layer[]
      total: Layer
    }
    for (const what of ['parameters', 'statistics', 'macs'] as const)
      expect(layers.reduce((sum, layer) => sum + layer[what], 0)).toBe(total[what])
    expect((await run('cost', 'shufflenet_v2_x0_5')).out).toContain('1,366,792 parameters')
  })

  it('diff matches blocks whose ids have shifted', async () => {
    const [before, after] = [
      design(['resnet-basic', 'common-conv'], 'before'),
      design(['resnet-basic', 'shufflenet-inverted-residual', 'common-conv'], 'after'),
    ]
    const { out, code } = await run('diff', before, after)
    expect(code).toBe(0)
    expect(out).toMatch(/\+ block-2 \(shufflenet-inverted-residual\): \+\d+ parameters/)
    expect(out).toContain('1 added, 0 removed, 0 changed, 0 affected, 8 unchanged. They are different networks.')
    expect((await run('diff', before, before, '--json')).json()).toMatchObject({
      isSameNetwork: true,
      added: [],
      changed: [],
    })
  })

  it.each([['check'], ['cost']])('%s refuses a damaged file with file and place', async (command) => {
    writeFileSync(at('cut.gptnas.json'), readFileSync(design(['common-conv'], 'whole'), 'utf8').slice(0, 300))
    const result = await run(command, at('cut.gptnas.json'))
    expect(result).toMatchObject({ code: 1, out: '' })
    expect(result.err).toMatch(/cut\.gptnas\.json: line \d+, column \d+: not JSON/)
    expect((await run(command, at('nothing.json'))).err).toContain('There is no network')
  })
})

describe('writeLines', () => {
  it('waits for a slow reader and stops when it leaves', async () => {
    const lines = Array.from({ length: 50_000 }, (_, i) => `line ${i}`)
    const slow = new PassThrough({ highWaterMark: 1000 })
    let text = ''
    slow.on('data', (piece: Buffer) => (text += piece.toString()))
    expect(await writeLines(slow, lines)).toBe(50_000)
    slow.end()
    expect(text).toBe(`${lines.join('\n')}\n`)

    const leaving = new PassThrough({ highWaterMark: 1000 })
    const gone = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })
    leaving.once('data', () => leaving.destroy(gone))
    expect(await writeLines(leaving, lines)).toBeLessThan(50_000)

    const full = new PassThrough({ highWaterMark: 1000 })
    full.once('data', () => full.destroy(Object.assign(new Error('no space left'), { code: 'ENOSPC' })))
    await expect(writeLines(full, lines)).rejects.toThrow('no space left')
  })
})
