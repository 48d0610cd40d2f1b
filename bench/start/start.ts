// A program from its command to a window that can be used: the search view offers its sample, which needs the page, the engine and its
// database. Playwright starts it through Node's inspector, which the package for testing has too.
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { performance } from 'node:perf_hooks'
import { _electron as electron } from '@playwright/test'
import { testIds } from '../../src/renderer/src/lib/ids'
import { checkout } from '../harness'

export interface Program {
  readonly name: string
  /** Electron where it is not the program itself, and what it is given first. */
  readonly executable?: string
  readonly words: readonly string[]
  /** What is typed for its command line, before the arguments. */
  readonly line: readonly string[]
  /** What runs before the program, as a module: set-up's look at what is there. */
  readonly before?: string
}

const seconds = (since: number): number => (performance.now() - since) / 1000

/** @param place a folder of the program's own @returns seconds, that of what runs before it included */
export async function startWindow({ executable, words, before }: Program, place: string): Promise<number> {
  const begin = performance.now()
  if (before !== undefined) run([process.execPath, '--input-type=module', '-e', before])
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const folders = ['--workspace', path.join(place, 'workspace'), '--user-data', path.join(place, 'user-data')]
  const app = await electron.launch({
    ...(executable !== undefined && { executablePath: executable }),
    args: [...sandbox, ...words, ...folders],
    cwd: checkout,
  })
  try {
    const page = await app.firstWindow()
    await page.getByTestId(testIds.rail('search')).click()
    await page.getByTestId(testIds.startSample).waitFor()
    return seconds(begin)
  } finally {
    await app.close()
  }
}

/** Seconds of `search list` on the same workspace. @throws Error where it fails */
export function secondsOfCommand({ line }: Program, place: string): number {
  const begin = performance.now()
  run([...line, 'search', 'list', '--workspace', path.join(place, 'workspace')])
  return seconds(begin)
}

function run([command = '', ...words]: readonly string[]): void {
  const { status, stderr } = spawnSync(command, words, { cwd: checkout, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} ${words.join(' ')} ended with exit code ${status}: ${stderr}`)
}
