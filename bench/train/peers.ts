// Runs one measurement in a process of its own, ours or Keras's, with a time limit; makes Keras's environment on first use.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { checkout } from '../harness'
import type { StepJob, StepTimes } from './steps'

export type Side = 'ours' | 'keras'

/** The TensorFlow that libtensorflow of the set-up comes from, so that both sides run the same kernels. */
const TENSORFLOW = 'tensorflow-cpu==2.21.0'
/** Importing, tracing and warming up on a busy machine, beside the seconds of the measurement. */
const START_SECONDS = 120

const cache = process.env['GPTNAS_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'gpt-nas-workbench') // prettier-ignore
const environment = join(cache, 'bench-python', 'keras')
/** Keras's interpreter, after `prepareKeras`. */
export const python = join(environment, 'bin', 'python')

/** Installs Keras beside the data sets, once. @throws Error with pip's last lines */
export function prepareKeras(note: (line: string) => void): void {
  const isThere = existsSync(python) && spawnSync(python, ['-c', 'import importlib.util as u, sys; sys.exit(not (u.find_spec("tensorflow") and u.find_spec("keras")))']).status === 0 // prettier-ignore
  if (isThere) return
  note(`installs ${TENSORFLOW} with Keras into ${environment} (about 300 MB to download)`)
  for (const [command, ...options] of [
    ['python3', '-m', 'venv', environment],
    [python, '-m', 'pip', 'install', '--quiet', TENSORFLOW],
  ] as [string, ...string[]][]) {
    const { status, stderr } = spawnSync(command, options, { encoding: 'utf8' })
    if (status !== 0) throw new Error(`${command} ${options.join(' ')} failed: ${stderr.slice(-500)}`)
  }
}

export type Outcome = { readonly times: StepTimes; readonly stderr: string } | { readonly problem: string }
export type Answer<T> = { readonly answer: T; readonly stderr: string } | { readonly problem: string }
export type Environment = Readonly<Record<string, string | undefined>>

/** @param env on top of this process's; what is undefined is taken out of it */
export async function measureSide(side: Side, job: StepJob, env: Environment): Promise<Outcome> {
  const command: [string, string[]] =
    side === 'ours'
      ? [process.execPath, [process.argv[1]!, '--ours']]
      : [python, [join(checkout, 'bench', 'train', 'keras_steps.py')]]
  const outcome = await askChild<StepTimes>(side, command, job, env, job.seconds + START_SECONDS)
  return 'problem' in outcome ? outcome : { times: outcome.answer, stderr: outcome.stderr }
}

/**
 * Gives a child `job` as JSON on its standard input; its answer is the last line of its standard output, as JSON.
 * @param limit seconds, after which it is killed
 * @param tell receives the output on the way, in pieces
 */
export async function askChild<T>(
  name: string,
  [command, options]: readonly [string, readonly string[]],
  job: unknown,
  env: Environment,
  limit: number,
  tell: (piece: string) => void = () => undefined,
): Promise<Answer<T>> {
  // Python would leave its compiled files beside the sources.
  const ours = { TF_CPP_MIN_LOG_LEVEL: '0', PYTHONDONTWRITEBYTECODE: '1' }
  const child = spawn(command, options, { env: { ...process.env, ...ours, ...env }, stdio: 'pipe' })
  let [out, stderr] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString('utf8')
    tell(chunk.toString('utf8'))
  })
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')))
  // A child that has ended does not read; its exit tells more.
  child.stdin.on('error', () => undefined)
  child.stdin.end(JSON.stringify(job))
  let isLate = false
  const timer = setTimeout(() => {
    isLate = true
    child.kill('SIGKILL')
  }, limit * 1000)
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  clearTimeout(timer)
  if (isLate) return { problem: `${name} did not end within ${limit} s and was killed` }
  if (code !== 0) return { problem: `${name} ended with code ${code}: ${stderr.trim().slice(-300)}` }
  return { answer: JSON.parse(out.trim().split('\n').pop()!) as T, stderr }
}
