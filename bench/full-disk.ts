// npm run bench:full-disk: the disk of a whole workspace is full at every stage of the work, with more and with less room left. The
// command says so with figures and ends; what was finished before is there and the same; with room the work comes to its end.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { listing } from '../src/node/testing/listing'
import { canMount, FILLER, mountDisk, type MountedDisk } from '../tests/faults/mounted-disk'
import { gptNas, type Ended } from './full-disk/command'
import { freshWorkspace, stages, writeInputs, type Stage } from './full-disk/stages'
import { equal, runBench, type BenchOptions } from './harness'

const DISK_BYTES = 512 * 1024 ** 2

/** A full disk with its figure, and what to do. */
const CLEAR = /the disk is full \([\d.]+ [KMGT]?i?B are free\)/
const ADVICE = /Free some space/
const STACK = /^\s+at .*:\d+:\d+\)?$/m
/** What every command may write anew: the database, its log, its copies, the count of openings. */
const CHANGING = /^workspace\/(workspace(\.sqlite|-stamp\.json)|backups\/)|^\.filler$|\/$/
const PARTIAL = /\.partial/

/** Finished work, as files and as the database tells it. */
async function finishedIn(disk: string) {
  const files = Object.fromEntries(Object.entries(listing(disk)).filter(([name]) => !CHANGING.test(name)))
  const { out } = await gptNas(disk, ['search', 'show', '1', '--json'])
  const { run, trials } = JSON.parse(out) as { run: { state: string }; trials: { state: string; fitness: number }[] }
  return { files, state: run.state, trials: trials.map(({ state, fitness }) => ({ state, fitness })) }
}

interface Tried {
  readonly stage: string
  readonly left: number
  readonly code: number | null
  /** What of it is not as it must be; empty where all is well. */
  readonly faults: readonly string[]
  readonly said: string
}

async function isInterrupted(disk: string): Promise<string | null> {
  const { out } = await gptNas(disk, ['search', 'list', '--json'])
  const runs = JSON.parse(out) as { number: number; state: string }[]
  return runs.find(({ number }) => number === 2)?.state ?? null
}

/** With room the work comes to its end: a run goes on where it was stored, anything else is asked for again. */
async function finish(
  disk: string,
  { command, isRun }: Stage,
): Promise<{ readonly ended: Ended; readonly fault?: string }> {
  const state = isRun === true ? await isInterrupted(disk) : null
  if (state === null) return { ended: await gptNas(disk, command) }
  if (state === 'finished') return { ended: { code: 0, out: '', err: '' } }
  const ended = await gptNas(disk, ['search', 'resume', '2'])
  return state === 'interrupted' || state === 'created' ? { ended } : { ended, fault: `the run was left as ${state}` }
}

async function attempt(disk: string, mounted: MountedDisk, stage: Stage, left: number): Promise<Tried> {
  freshWorkspace(disk)
  rmSync(join(disk, 'checkpoint'), { recursive: true, force: true })
  for (const words of stage.before) {
    const { code, err } = await gptNas(disk, words)
    if (code !== 0) throw new Error(`${words.join(' ')} failed with room: ${err}`)
  }
  if (stage.remade !== undefined) rmSync(join(disk, stage.remade), { recursive: true, force: true })
  const before = await finishedIn(disk)
  const faults: string[] = []
  mounted.fillUpTo(left)
  const { code, err } = await gptNas(disk, stage.command)
  if (code === null) faults.push('it hangs')
  else if (code === 0 && stage.mayGoOn !== true) faults.push('it succeeded on a full disk')
  else if (code !== 0) {
    if (code !== 1) faults.push(`it ended with code ${code}`)
    if (!CLEAR.test(err) || !ADVICE.test(err)) faults.push('it does not say that the disk is full, and what to do')
  }
  if (STACK.test(err)) faults.push('it shows a stack trace')
  mounted.empty()
  const refused = await finishedIn(disk)
  const { ended, fault } = await finish(disk, stage)
  if (fault !== undefined) faults.push(fault)
  if (ended.code !== 0) faults.push(`with room it ended with ${ended.code}: ${ended.err.slice(-300)}`)
  const after = await finishedIn(disk)
  const lost = Object.keys(before.files).filter(
    (name) =>
      refused.files[name] !== before.files[name] ||
      (name !== stage.rewritten && after.files[name] !== before.files[name]),
  )
  if (lost.length > 0) faults.push(`lost or changed: ${lost.slice(0, 5).join(', ')}`)
  if (!isDeepStrictEqual([after.state, after.trials], [before.state, before.trials]))
    faults.push('the finished run changed')
  const partial = Object.keys(after.files).filter((name) => PARTIAL.test(name) && name !== FILLER)
  if (partial.length > 0) faults.push(`half-written files stay: ${partial.slice(0, 5).join(', ')}`)
  return { stage: stage.name, left, code, faults, said: err.trim().split('\n').slice(-3).join(' | ').slice(0, 300) }
}

async function measure(folder: string, { quick, note }: BenchOptions) {
  const disk = join(folder, 'disk')
  mkdirSync(disk)
  const inputs = writeInputs(folder)
  const all = stages(disk, inputs)
  if (!canMount) {
    note('A full disk at every stage: not seen, because no disk can be mounted here (it takes root on Linux).')
    return { results: { stages: all.map(({ name }) => name), seen: false }, checks: [] }
  }
  const mounted = mountDisk(disk, DISK_BYTES)
  const tried: Tried[] = []
  try {
    for (const stage of all)
      for (const left of quick ? stage.left.slice(0, 1) : stage.left) {
        const one = await attempt(disk, mounted, stage, left)
        tried.push(one)
        note(`${stage.name}, ${left} bytes left: code ${one.code}; ${one.faults.join('; ') || 'well'} (${one.said})`)
      }
  } finally {
    mounted.unmount()
  }
  const faulty = tried.filter(({ faults }) => faults.length > 0)
  const refused = tried.filter(({ code }) => code === 1)
  return {
    results: { seen: true, tried: tried.length, refused: refused.length, stages: all.map(({ name }) => name), faulty },
    checks: [
      equal('stages', new Set(tried.map(({ stage }) => stage)).size, all.length),
      equal(
        'stages that never met the full disk',
        all.filter(({ name }) => !refused.some(({ stage }) => stage === name)).length,
        0,
      ),
      equal('full disks told badly, work lost, or not to be gone on with', faulty.length, 0),
    ],
  }
}

void runBench('Full disk', async (options) => {
  const folder = mkdtempSync(join(tmpdir(), 'gptnas-full-disk-'))
  try {
    return await measure(folder, options)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
