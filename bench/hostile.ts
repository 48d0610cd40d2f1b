// npm run bench:hostile: a thousand damaged and hostile files over every reader, pipes, devices, folders and files of 3 GiB in the place
// of each, documents and tables that are meant to take minutes, and a client that sends what none would. Each is
// refused with a clear error or accepted, within seconds and a bounded memory; nothing is written elsewhere, nothing is lost. Before them 300
// damaged and hostile networks (ONNX, Keras, tfjs, NNP, our own); `--networks` stops behind those.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fakeComputes } from '../src/engine/testing/fake-computes'
import { writeDataset } from '../tests/faults/dataset'
import { costlyFiles, emptyFiles } from '../tests/faults/costly-files'
import { openEngine } from '../tests/faults/engine'
import { abuse, type Abuse } from '../tests/faults/hostile-client'
import { attackNetworks } from '../tests/faults/hostile-networks'
import { attackReaders, giveUnusual, type Attack } from '../tests/faults/hostile-files'
import { definition, outcomeOf } from '../tests/faults/workbench'
import { atMost, atLeast, equal, runBench, type Measured } from './harness'

const NETWORKS = { full: 300, quick: 80 }
const ATTACKS = { full: 1000, quick: 100 }
const CALLS = { full: 500, quick: 100 }
const EMPTY_FILES = { full: 200_000, quick: 20_000 }
const MESSAGES = { full: 300, quick: 60 }
/** What a user takes for a hang, and what a small machine has to spare. */
const MOST_SECONDS = 5
const MOST_MIB = 1024
/** 200,000 files are made on the disk meanwhile. */
const MOST_SECONDS_OF_EMPTY_FILES = 60

const told = ({ reader, file, mutation, seed, message }: Attack) => ({ reader, file, mutation, seed, message })

const peakMiB = (): number => process.resourceUsage().maxRSS / 1024

/** Every way in which a network comes in, one after another in this process: its peak is that of all of them. */
async function networks(folder: string, quick: boolean, note: (line: string) => void): Promise<Measured> {
  const wanted = quick ? NETWORKS.quick : NETWORKS.full
  const before = Math.round(peakMiB())
  let made = 0
  const attacks = await attackNetworks(folder, wanted, (what) => {
    // What the one before has left is not the next one's.
    ;(globalThis as { gc?: () => void }).gc?.()
    if (made++ % 50 === 0) note(`${made} of ${wanted} networks: ${what}`)
  })
  const slowest = [...attacks].sort((a, b) => b.seconds - a.seconds).slice(0, 5)
  const bugs = attacks.filter(({ end }) => end === 'bug')
  const strays = attacks.filter((attack) => attack.strays.length > 0)
  return {
    results: {
      networks: attacks.length,
      networkReaders: new Set(attacks.map(({ reader }) => reader)).size,
      refusedNetworks: attacks.filter(({ end }) => end === 'refused').length,
      openedNetworks: attacks.filter(({ end }) => end === 'accepted').length,
      slowestNetworks: slowest.map(({ reader, mutation, seconds }) => ({ reader, mutation, seconds })),
      memoryBeforeMiB: before,
      bugsOfNetworks: bugs.map(told),
      straysOfNetworks: strays.map(told),
    },
    checks: [
      equal('networks read', attacks.length, wanted),
      equal('networks neither opened nor refused with a clear error', bugs.length, 0),
      equal('files outside the folder of a network', strays.length, 0),
      atMost('slowest network, seconds', slowest[0]?.seconds ?? 0, MOST_SECONDS),
      atMost('largest memory of the process that reads networks, MiB', peakMiB(), MOST_MIB),
    ],
  }
}

/** An engine with a finished search, which none of it may change. */
async function abuseEngine(workspace: string, calls: number, messages: number): Promise<Abuse> {
  mkdirSync(workspace)
  writeDataset(workspace)
  const engine = await openEngine(workspace, { computes: fakeComputes() })
  try {
    const { id } = await engine.client.searches.create({ definition: definition() })
    await outcomeOf(engine, workspace, id)
    return await abuse(engine, calls, messages)
  } finally {
    await engine.close()
  }
}

void runBench('Hostile files', async ({ quick, note }) => {
  const folder = mkdtempSync(join(tmpdir(), 'gptnas-hostile-'))
  const wanted = quick ? ATTACKS.quick : ATTACKS.full
  try {
    const ofNetworks = await networks(join(folder, 'networks'), quick, note)
    if (process.argv.includes('--networks')) return ofNetworks
    let made = 0
    const attacks = await attackReaders(folder, wanted, 0, (reader, seed) => {
      if (made++ % 100 === 0) note(`${made} of ${wanted}: ${reader}, seed ${seed}`)
    })
    note('pipes, devices, folders, empty and endless files for every reader ...')
    const unusual = await giveUnusual(folder)
    note('documents, tables and archives that are meant to take minutes ...')
    const costly = await costlyFiles(join(folder, 'costly'), quick)
    const empty = await emptyFiles(join(folder, 'empty'), quick ? EMPTY_FILES.quick : EMPTY_FILES.full)
    const calls = quick ? CALLS.quick : CALLS.full
    const messages = quick ? MESSAGES.quick : MESSAGES.full
    note(`${calls} malformed calls and ${messages} raw messages ...`)
    const abused = await abuseEngine(join(folder, 'workspace'), calls, messages)
    const all = [...attacks, ...unusual, ...costly]
    const bugs = all.filter(({ end }) => end === 'bug')
    const strays = all.filter((attack) => attack.strays.length > 0)
    const slowest = [...all].sort((a, b) => b.seconds - a.seconds)[0]!
    const refused = attacks.filter(({ end }) => end === 'refused').length
    return {
      results: {
        ...ofNetworks.results,
        emptyFiles: { count: empty.mutation, end: empty.end, seconds: empty.seconds },
        unusual: unusual.length,
        costly: costly.map(({ reader, mutation, end, seconds }) => ({ reader, mutation, end, seconds })),
        readers: new Set(attacks.map(({ reader }) => reader)).size,
        refused,
        accepted: attacks.filter(({ end }) => end === 'accepted').length,
        slowest: { ...told(slowest), message: undefined, seconds: slowest.seconds },
        bugs: bugs.map(told),
        strays: strays.map(told),
        calls: abused,
      },
      checks: [
        ...ofNetworks.checks,
        equal('files read', attacks.length, wanted),
        atLeast('unusual files given', unusual.length, 500),
        atLeast('refused with a clear error', refused, Math.floor(wanted / 3)),
        equal('neither accepted nor refused with a clear error', bugs.length, 0),
        equal('malformed calls answered', abused.accepted + abused.refused, calls),
        equal('faults among them', abused.faults.length, 0),
        equal('rejections that would end an engine', abused.unhandled.length, 0),
        equal('searches that are as before', abused.isSame ? 1 : 0, 1),
        equal('files outside the folder', strays.length, 0),
        atMost('slowest answer, seconds', slowest.seconds, MOST_SECONDS),
        atMost('an archive of empty files, seconds', empty.seconds, MOST_SECONDS_OF_EMPTY_FILES),
        atMost('largest memory of the process, MiB', peakMiB(), MOST_MIB),
      ],
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
