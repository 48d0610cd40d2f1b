// The stages of npm test, in order: cheap ones first, so that a slip is told within two minutes. Those that only read the sources run
// at the same time, because each keeps one core busy.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { buildIfStale } from '../setup/build.mjs'
import { inModules, root } from '../setup/paths.mjs'
import { attempt } from '../setup/shell.mjs'
import { checkOutcome, nothing, playwrightOutcome, vitestOutcome } from './results.mjs'

const report = { line: (text) => process.stdout.write(`${text}\n`), progress: () => undefined }

/**
 * @typedef {{ id: string, title: string, needsDisplay?: boolean, isShared?: boolean, run: () => Promise<import('./results.mjs').Outcome> }} Stage
 *   `isShared`: runs at the same time as its neighbours of the kind
 */

/** @type {Stage[]} */
export const stages = [
  npmScript('format', 'format:check'),
  npmScript('lint', 'lint'),
  npmScript('structure', 'structure'),
  npmScript('typecheck', 'typecheck'),
  { id: 'unit', title: 'unit', run: runVitest },
  { id: 'build', title: 'build', run: runBuild },
  { id: 'e2e', title: 'e2e', needsDisplay: true, run: () => runPlaywright(['-c', 'e2e/playwright.config.ts']) },
  { id: 'package', title: 'package', needsDisplay: true, run: runPackage },
]

function npmScript(id, script) {
  const run = async () => {
    const { code, tail } = await attempt('npm', ['run', '--silent', script], { cwd: root })
    return checkOutcome(id, code, tail)
  }
  return { id, title: id, isShared: true, run }
}

async function runBuild() {
  return expectedFailure('build', () => buildIfStale(report, { force: true }))
}

async function runVitest() {
  return withReportFile(async (file) => {
    const args = [
      inModules('vitest', 'vitest.mjs'),
      'run',
      '--reporter=dot',
      '--reporter=json',
      `--outputFile.json=${file}`,
    ]
    return readReport('vitest', vitestOutcome, file, await attempt(process.execPath, args, { cwd: root }))
  })
}

async function runPlaywright(args, env = {}) {
  return withReportFile(async (file) => {
    const command = [inModules('@playwright', 'test', 'cli.js'), 'test', ...args, '--reporter=json']
    const options = { cwd: root, env: { ...process.env, ...env, PLAYWRIGHT_JSON_OUTPUT_NAME: file } }
    return readReport('playwright', playwrightOutcome, file, await attempt(process.execPath, command, options))
  })
}

async function runPackage() {
  // Playwright needs the inspector, which the package for users has switched off; the stand-in Electron is for tests only.
  const { code, stdout, tail } = await attempt(process.execPath, ['scripts/package.mjs', '--for-testing'], {
    cwd: root,
  })
  const packed = checkOutcome('npm run package', code, tail)
  if (code !== 0) return packed
  const env = { GPTNAS_PACKAGE: stdout.trimEnd().split('\n').at(-1) }
  const tested = await runPlaywright(['-c', 'e2e/package/playwright.config.ts'], env)
  return { ...tested, passed: tested.passed + packed.passed }
}

async function expectedFailure(name, work) {
  try {
    await work()
    return checkOutcome(name, 0, '')
  } catch (error) {
    return checkOutcome(name, 1, error.stack ?? String(error))
  }
}

async function withReportFile(work) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'gpt-nas-test-'))
  try {
    return await work(path.join(folder, 'report.json'))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** A runner that wrote no report, or failed although every test passed (an unhandled error), counts as one failure. */
async function readReport(name, read, file, { code, tail }) {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return { ...nothing(), failures: [{ name: `${name} gave no report`, detail: tail }] }
  const outcome = read(JSON.parse(text))
  if (code !== 0 && outcome.failures.length === 0) {
    outcome.failures.push({ name: `${name} ended with exit code ${code}`, detail: tail })
  }
  return outcome
}
