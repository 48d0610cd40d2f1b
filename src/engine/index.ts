// The engine as Electron's utility process: takes its arguments and ports from main, serves the contract on each port,
// and shows signs of life. The engine itself is made in host.ts.
import type { EngineArguments, EngineToMain, MainToEngine } from '@shared/transport/supervision'
import { errorData } from '@shared/errors'
import { portFromMain, type MainPortLike } from '@shared/transport/port'
import { serveRouter } from '@shared/transport/rpc'
import { adviseAbout } from '@node/command-line'
import { faultText, surviveUnhandledRejections } from '@node/unhandled'
import { delay } from '@node/waiting'
import { mainProcesses } from './executors/main-processes'
import { createEngine, type Engine } from './host'
import { mainQuestions } from './main-questions'
import { recoveryRouter } from './services/backups'
import { wantedAtStart } from './services/runtime-at-start'
import { isDamage } from './storage/storage-error'
import { windowGuard } from './window-places'

/** Main restarts an engine that is silent for twenty of these. */
const HEARTBEAT_MS = 1_000

interface ParentPort {
  on(event: 'message', listener: (event: { data: unknown; ports: readonly MainPortLike[] }) => void): void
  postMessage(message: EngineToMain): void
}

const { parentPort: parent } = process as NodeJS.Process & { readonly parentPort: ParentPort }
const report = (thrown: unknown): void => {
  process.stderr.write(`${faultText(thrown)}\n`)
}
surviveUnhandledRejections(report)

/** The answer to a call leaves before the process does; so does a message. */
const LAST_WORDS_MS = 200

/** Ends this process, which main starts again. */
function restart(): void {
  parent.postMessage({ type: 'restart' })
  setTimeout(() => process.exit(0), LAST_WORDS_MS)
}

async function start(): Promise<void> {
  const engineArguments = JSON.parse(process.argv[process.argv.length - 1] ?? '') as EngineArguments
  adviseAbout(engineArguments.workspaceFolder)
  const send = (message: EngineToMain): void => parent.postMessage(message)
  const processes = mainProcesses(send)
  const questions = mainQuestions(send)
  let engine: Engine | undefined
  const early: Parameters<typeof receive>[] = []

  function receive(message: MainToEngine, ports: readonly MainPortLike[]): void {
    processes.receive(message, ports)
    questions.receive(message)
    const [port] = ports
    if (message.type === 'client' && port && engine) serveWindow(engine, port)
    else if (message.type === 'client') early.push([message, ports])
    else if (message.type === 'shutdown') void shutDown(engine)
  }
  function serveWindow({ router, folders }: Engine, port: MainPortLike): void {
    const guard = windowGuard({
      workspaceFolder: folders.root,
      exportsFolder: folders.exports,
      isChosen: questions.isChosen,
      isConfirmed: questions.isConfirmed,
    })
    serveRouter(router, portFromMain(port), report, guard)
  }
  parent.on('message', ({ data, ports }) => receive(data as MainToEngine, ports))
  setInterval(() => parent.postMessage({ type: 'heartbeat' }), HEARTBEAT_MS)

  try {
    engine = await createEngine({
      ...engineArguments,
      electron: process.versions.electron,
      startProcess: processes.start,
      runtimeAtStart: wantedAtStart(process.env),
      report,
      restart,
    })
  } catch (thrown) {
    if (!isDamage(thrown)) throw thrown
    report(thrown)
    const router = recoveryRouter(engineArguments.workspaceFolder, thrown, restart)
    parent.on('message', ({ data, ports: [port] }) => {
      if ((data as MainToEngine).type === 'client' && port) serveRouter(router, portFromMain(port), report)
    })
    const { message, fix } = errorData(thrown)
    parent.postMessage({ type: 'fatal', message, fix, canRestore: true })
    return
  }
  for (const pending of early) receive(...pending)
  parent.postMessage({ type: 'ready' })
}

async function shutDown(engine: Engine | undefined): Promise<void> {
  try {
    await engine?.close()
  } catch (thrown) {
    report(thrown)
  }
  parent.postMessage({ type: 'closed' })
  process.exit(0)
}

start().catch(async (thrown: unknown) => {
  report(thrown)
  const { message, fix } = errorData(thrown)
  parent.postMessage({ type: 'fatal', message, fix, canRestore: false })
  // Let the message leave before the process does.
  await delay(LAST_WORDS_MS)
  process.exit(1)
})
