// One command of the built command line as a user's own process, on a workspace and cache of this measurement.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { checkout } from '../harness'

export interface Ended {
  /** Null where it was killed for hanging. */
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** A command that takes longer hangs: the longest takes some twenty seconds on two idle cores. */
const HANG_MS = 300_000

export const CLI = path.join(checkout, 'out', 'main', 'cli.js')

export async function gptNas(folder: string, words: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [CLI, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      GPTNAS_WORKSPACE: path.join(folder, 'workspace'),
      GPTNAS_CACHE: path.join(folder, 'cache'),
      TF_CPP_MIN_LOG_LEVEL: '3',
    },
  })
  let [out, err] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')))
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString('utf8')))
  const hang = setTimeout(() => child.kill('SIGKILL'), HANG_MS)
  const [code] = (await once(child, 'close')) as [number | null]
  clearTimeout(hang)
  return { code, out, err }
}
