// Our step where the product runs it: in a utility process of Electron. This file has both ends: the command that starts Electron
// on the bundle of a measurement, and, in the main process, the utility process that is forked from the same bundle.
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { checkout } from '../harness'
import type { StepJob, StepTimes } from './steps'

/** Starts `becomeMain` in Electron. @param bundle the running bundle, whose folder Electron takes for an application */
export function electronCommand(bundle: string): readonly [string, readonly string[]] {
  const folder = dirname(bundle)
  const manifest = { name: 'bench', version: '0.0.0', main: bundle.slice(folder.length + 1) }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
  const installed = join(checkout, 'node_modules', 'electron')
  const executable = join(installed, 'dist', readFileSync(join(installed, 'path.txt'), 'utf8').trim())
  // Chromium refuses its sandbox to root. There is no window, and graphics would only take time from what is measured.
  const switches = [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '--disable-gpu']
  return [executable, [...switches, folder, '--electron']]
}

/** Main process: hands the job on its standard input to a utility process and prints the answer. */
export async function becomeMain(): Promise<void> {
  const { app, utilityProcess } = await import('electron')
  const [input] = await Promise.all([text(process.stdin), app.whenReady()])
  const child = utilityProcess.fork(__filename, ['--ours'], { stdio: 'inherit' })
  child.once('spawn', () => child.postMessage(JSON.parse(input)))
  child.once('message', (times: StepTimes) =>
    process.stdout.write(`${JSON.stringify(times)}\n`, () => {
      app.exit(0)
    }),
  )
  // Ended without an answer; what it had to say is on standard error.
  child.once('exit', () => {
    app.exit(1)
  })
}

interface UtilityParent {
  once(event: 'message', listener: (event: { readonly data: unknown }) => void): unknown
  postMessage(message: unknown): void
}

/** Utility process or plain Node: the job, and where its answer goes. */
export async function takeJob(): Promise<{ readonly job: StepJob; readonly answer: (times: StepTimes) => void }> {
  const { parentPort: parent } = process as { readonly parentPort?: UtilityParent }
  if (!parent)
    return {
      job: JSON.parse(await text(process.stdin)) as StepJob,
      answer: (times) => void process.stdout.write(`${JSON.stringify(times)}\n`),
    }
  const data = await new Promise((resolve) => parent.once('message', (event) => resolve(event.data)))
  return { job: data as StepJob, answer: (times) => parent.postMessage(times) }
}
