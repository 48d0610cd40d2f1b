// Runs set-up steps: nothing when all are done, else one set-up at a time, each missing step in turn.
import { SetupFailure } from './failure.mjs'
import { sweepPartials } from './files.mjs'
import { withLock } from './lock.mjs'
import { cacheFolder } from './paths.mjs'
import { createReporter } from './reporter.mjs'
import { listSteps } from './steps.mjs'

/**
 * Brings the checkout and the cache up to date.
 * @param {Parameters<typeof listSteps>[0]} [options]
 * @returns {Promise<number>} how many steps had to run
 * @throws {SetupFailure} naming the step, the reason and what to do
 */
export async function setUp(options = {}) {
  return runSteps(listSteps(options), createReporter(), cacheFolder())
}

/**
 * @param {import('./steps.mjs').Step[]} steps
 * @param {import('./steps.mjs').Report} report
 * @param {string} cache an absolute path
 */
export async function runSteps(steps, report, cache) {
  if ((await firstMissing(steps)) === undefined) return 0
  const onWait = (owner) => report.line(`Another set-up is running (${owner}); waiting for it.`)
  return withLock(`${cache}/set-up.lock`, () => runMissing(steps, report, cache), { onWait })
}

async function runMissing(steps, report, cache) {
  for (const folder of [cache, `${cache}/downloads`, `${cache}/datasets`]) await sweepPartials(folder)
  let ran = 0
  for (const [index, step] of steps.entries()) {
    if (await step.isDone()) continue
    report.line(`[${index + 1}/${steps.length}] ${step.title}`)
    const begin = Date.now()
    await step.run(report).catch((error) => rethrow(error, step))
    if (!(await step.isDone())) {
      throw new SetupFailure(
        `Step "${step.title}" ended without an error, but its result is not there.`,
        `Remove ${cache} and run the command again; if it stays, report it.`,
      )
    }
    report.line(`    done in ${((Date.now() - begin) / 1000).toFixed(1)} s`)
    ran += 1
  }
  return ran
}

async function firstMissing(steps) {
  for (const step of steps) if (!(await step.isDone())) return step
  return undefined
}

/** Adds the step to an expected failure and turns the disk's own refusals into one. */
function rethrow(error, step) {
  if (error instanceof SetupFailure) throw new SetupFailure(`Step "${step.title}" failed. ${error.message}`, error.fix)
  const fixes = {
    ENOSPC: 'Free some disk space, or let GPTNAS_CACHE name a folder on a larger disk, and run the command again.',
    EACCES: 'Make the folder writable, or let GPTNAS_CACHE name another one, and run the command again.',
    EROFS: 'Let GPTNAS_CACHE name a folder on a writable disk and run the command again.',
  }
  if (fixes[error.code]) throw new SetupFailure(`Step "${step.title}" failed. ${error.message}`, fixes[error.code])
  throw error
}
