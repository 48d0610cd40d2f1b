// npm run setup: prepares everything without starting anything. The other scripts do the same on their own.
// Options: --with dataset | display (repeatable), --electron vendor | stand-in, --runtime cpu | cuda12 (by default the one for cards where
// nvidia-smi finds one); --check only tells what is there (exit code 1
// when something is missing), which answers why `gpt-nas doctor` itself cannot start.
import { parseArgs } from 'node:util'
import { installRuntime, RUNTIMES, wantedRuntime } from './setup/cards.mjs'
import { cacheFolder } from './setup/paths.mjs'
import { orExit } from './setup/prepare.mjs'
import { setUp } from './setup/run.mjs'
import { listSteps } from './setup/steps.mjs'

const USAGE =
  'Usage: npm run setup -- [--check] [--with dataset] [--with display] [--electron vendor|stand-in] [--runtime cpu|cuda12]\n'

const values = readOptions()
const options = {
  withDataSet: values.with.includes('dataset'),
  withVirtualDisplay: values.with.includes('display'),
  electron: values.electron,
}
if (values.check) {
  process.exitCode = (await check()) ? 0 : 1
} else {
  const ran = await orExit(() => setUp(options))
  const { install, isAsked, text } = wantedRuntime(values.runtime)
  process.stderr.write(text)
  const isInstalled = install === null || installRuntime(install)
  if (!isInstalled) process.stderr.write('TensorFlow for cards is not installed; the processor trains.\n')
  // What was asked for by name is not there.
  if (!isInstalled && isAsked) process.exitCode = 1
  process.stderr.write(`Set-up ${ran === 0 ? 'has nothing to do' : 'is complete'}. Cache: ${cacheFolder()}\n`)
}

function readOptions() {
  const known = {
    with: { type: 'string', multiple: true, default: [] },
    electron: { type: 'string' },
    runtime: { type: 'string' },
    check: { type: 'boolean' },
  }
  try {
    const { values } = parseArgs({ options: known })
    const isKnown = values.with.every((name) => ['dataset', 'display'].includes(name))
    const isRuntime = [undefined, ...RUNTIMES].includes(values.runtime)
    if (isKnown && isRuntime && [undefined, 'vendor', 'stand-in'].includes(values.electron)) return values
  } catch (error) {
    process.stderr.write(`${error.message}\n`)
  }
  process.stderr.write(USAGE)
  process.exit(2)
}

async function check() {
  // Whoever reads the list may have seen enough of it.
  process.stdout.on('error', (error) => process.exit(error.code === 'EPIPE' ? 0 : 1))
  let isComplete = true
  for (const step of listSteps(options)) {
    const isDone = await step.isDone()
    isComplete &&= isDone
    process.stdout.write(`${isDone ? 'ready  ' : 'missing'} ${step.title}\n`)
  }
  process.stdout.write(`cache   ${cacheFolder()}\n`)
  return isComplete
}
