// Starts the engine, gives windows a port to it, restarts it when it dies or falls silent. Knows nothing of searches.
import { MessageChannelMain, utilityProcess, type UtilityProcess, type WebContents } from 'electron'
import { join } from 'node:path'
import { ENGINE_PORT_MESSAGE, HOST_CHANNELS, type EngineState } from '@shared/contract/window'
import type { EngineArguments, EngineToMain, MainToEngine } from '@shared/transport/supervision'
import { endedText } from '@shared/runtime/process-end'
import { typed } from '@node/command-line'
import { within } from '@node/waiting'
import { isPage } from '../page'
import type { ChosenPlaces } from '../chosen-places'
import { ChildPrograms } from './child-programs'

/** An engine that sends no heartbeat for this long hangs; its heartbeat comes every second. */
const SILENCE_LIMIT_MS = 20_000
/** Restarts closer together than this count as a crash loop. */
const CRASH_WINDOW_MS = 60_000
/** After so many crashes inside the window main gives up and says so. */
const MAX_CRASHES = 5
/** How long a closing engine may take to store what runs before it is killed. */
const CLOSE_LIMIT_MS = 8_000

export class EngineHost {
  private engine: UtilityProcess | undefined
  private programs: ChildPrograms | undefined
  private state: EngineState = { state: 'starting' }
  private silence: NodeJS.Timeout | undefined
  private crashes: number[] = []
  private isClosing = false
  /** The engine ends because it has put a copy of the database back. */
  private isReplaced = false
  private readonly windows = new Set<WebContents>()

  constructor(
    private readonly engineArguments: Omit<EngineArguments, 'autoResume'>,
    private readonly chosen: Pick<ChosenPlaces, 'covers' | 'isConfirmed'>,
    private readonly report: (line: string) => void,
  ) {}

  start(): void {
    this.launch(false)
  }

  /** Gives the window a port now if the engine is ready, and again whenever a new engine is. */
  attach(window: WebContents): void {
    if (!this.windows.has(window)) window.once('destroyed', () => this.windows.delete(window))
    this.windows.add(window)
    window.send(HOST_CHANNELS.engineState, this.state)
    if (this.state.state === 'ready' || (this.state.state === 'failed' && this.state.canRestore === true))
      this.connect(window)
  }

  /** Resolves when the engine has stored everything and ended, or after the limit when it was killed. */
  async close(): Promise<void> {
    this.isClosing = true
    clearTimeout(this.silence)
    const engine = this.engine
    if (!engine) return
    const ended = new Promise<void>((resolve) => engine.once('exit', () => resolve()))
    this.send({ type: 'shutdown' })
    await within(CLOSE_LIMIT_MS, ended, () => {
      engine.kill()
      return ended
    })
    this.programs?.killAll()
  }

  private launch(autoResume: boolean): void {
    const engineArguments: EngineArguments = { ...this.engineArguments, autoResume }
    const engine = utilityProcess.fork(join(__dirname, 'engine.js'), [JSON.stringify(engineArguments)], {
      serviceName: 'GPT-NAS engine',
      stdio: 'pipe',
    })
    this.engine = engine
    this.programs = new ChildPrograms(engine, this.report)
    for (const stream of [engine.stdout, engine.stderr])
      stream?.on('data', (chunk: Buffer) => this.report(`[engine] ${chunk.toString('utf8').trimEnd()}`))
    engine.on('message', (message: EngineToMain) => this.receive(message))
    engine.once('exit', (code) => this.ended(code))
    this.expectHeartbeat(engine)
  }

  private receive(message: EngineToMain): void {
    if (this.engine) this.expectHeartbeat(this.engine)
    switch (message.type) {
      case 'ready':
        this.publish({ state: 'ready' })
        for (const window of this.windows) this.connect(window)
        break
      case 'fatal':
        this.publish({
          state: 'failed',
          message: message.message,
          fix: message.fix,
          canRestore: message.canRestore,
        })
        if (message.canRestore) for (const window of this.windows) this.connect(window)
        break
      case 'restart':
        this.isReplaced = true
        this.publish({ state: 'restarting', attempt: 0 })
        break
      case 'start-process':
      case 'kill-process':
        this.programs?.handle(message)
        break
      case 'is-chosen':
        this.send({ type: 'chosen', id: message.id, isChosen: this.chosen.covers(message.place, message.use) })
        break
      case 'is-confirmed':
        this.send({ type: 'chosen', id: message.id, isChosen: this.chosen.isConfirmed(message.command) })
        break
      case 'heartbeat':
      case 'closed':
        break
    }
  }

  private ended(code: number): void {
    this.programs?.killAll()
    this.engine = undefined
    clearTimeout(this.silence)
    if (this.isClosing || this.state.state === 'failed') return
    if (this.isReplaced) {
      this.isReplaced = false
      this.launch(false)
      return
    }
    const now = Date.now()
    this.crashes = [...this.crashes.filter((at) => now - at < CRASH_WINDOW_MS), now]
    this.report(`The engine ${endedText(code)}; crash ${this.crashes.length} of ${MAX_CRASHES} within a minute.`)
    if (this.crashes.length >= MAX_CRASHES) {
      this.publish({
        state: 'failed',
        message: `The engine ended ${MAX_CRASHES} times within a minute (last exit code ${code}).`,
        fix: `Start the workbench again; if it happens again, run "${typed('doctor')}".`,
      })
      return
    }
    this.publish({ state: 'restarting', attempt: this.crashes.length })
    this.launch(true)
  }

  private expectHeartbeat(engine: UtilityProcess): void {
    clearTimeout(this.silence)
    this.silence = setTimeout(() => {
      this.report(`The engine was silent for ${SILENCE_LIMIT_MS / 1000} s and is restarted.`)
      engine.kill()
    }, SILENCE_LIMIT_MS)
  }

  private connect(window: WebContents): void {
    // Whoever holds the port may do anything an engine can: it goes to our page alone.
    if (window.isDestroyed() || !isPage(window.getURL())) return
    const { port1, port2 } = new MessageChannelMain()
    this.send({ type: 'client' }, [port1])
    window.postMessage(ENGINE_PORT_MESSAGE, null, [port2])
  }

  private send(message: MainToEngine, ports: Electron.MessagePortMain[] = []): void {
    this.engine?.postMessage(message, ports)
  }

  private publish(state: EngineState): void {
    this.state = state
    for (const window of this.windows) if (!window.isDestroyed()) window.send(HOST_CHANNELS.engineState, state)
  }
}
