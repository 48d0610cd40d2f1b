// Starts the programs an engine asks for (computes, proofs, self-checks) as utility processes and hands the engine a
// port to each. Owns their life: they end with the engine that asked for them.
import { MessageChannelMain, utilityProcess, type UtilityProcess } from 'electron'
import { join } from 'node:path'
import { PORT_MESSAGE } from '@shared/transport/parent-port'
import type { EngineToMain, MainToEngine, ProcessKind } from '@shared/transport/supervision'

export class ChildPrograms {
  private readonly children = new Map<number, UtilityProcess>()

  constructor(
    private readonly engine: Pick<UtilityProcess, 'postMessage'>,
    private readonly report: (line: string) => void,
  ) {}

  handle(message: Extract<EngineToMain, { type: 'start-process' | 'kill-process' }>): void {
    if (message.type === 'start-process') this.start(message.id, message.kind, message.env)
    else this.children.get(message.id)?.kill()
  }

  private start(id: number, kind: ProcessKind, env: Readonly<Record<string, string>>): void {
    const child = utilityProcess.fork(join(__dirname, `${kind}.js`), [], {
      serviceName: `GPT-NAS ${kind} ${id}`,
      env: { ...process.env, ...env },
      stdio: 'pipe',
    })
    this.children.set(id, child)
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => this.report(`[${kind} ${id}] ${chunk.toString('utf8').trimEnd()}`))
    child.stderr?.on('data', (chunk: Buffer) => this.send({ type: 'process-wrote', id, text: chunk.toString('utf8') }))
    child.once('spawn', () => {
      const pid = child.pid ?? 0
      const { port1, port2 } = new MessageChannelMain()
      child.postMessage(PORT_MESSAGE, [port1])
      this.send({ type: 'process-started', id, pid }, [port2])
    })
    child.once('exit', (code) => {
      this.children.delete(id)
      this.send({ type: 'process-exited', id, code })
    })
  }

  private send(message: MainToEngine, ports: Electron.MessagePortMain[] = []): void {
    this.engine.postMessage(message, ports)
  }

  killAll(): void {
    for (const child of this.children.values()) child.kill()
    this.children.clear()
  }
}
