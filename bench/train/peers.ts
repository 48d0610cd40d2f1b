// Asks a process of its own one thing, with a time limit: what every side of a measurement runs in.
import { spawn } from 'node:child_process'

export type Answer<T> = { readonly answer: T; readonly stderr: string } | { readonly problem: string }
/** Undefined takes a variable of this process's out. */
export type Environment = Readonly<Record<string, string | undefined>>

/**
 * Gives a child `job` as JSON on its standard input; its answer is the last line of its standard output, as JSON.
 * @param env on top of this process's
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
