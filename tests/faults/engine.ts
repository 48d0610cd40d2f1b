// An engine on a workspace as its clients see it: one way to open it for real computes and for scripted ones. Also used by a
// child process, so nothing of a test runner is in it.
import path from 'node:path'
import { createEngine, type EngineOptions } from '../../src/engine/host'
import type { EngineContract } from '../../src/shared/contract'
import { memoryPorts, type Port } from '../../src/shared/transport/port'
import { createClient, serveRouter, type Client } from '../../src/shared/transport/rpc'

export interface OpenEngine {
  readonly client: Client<EngineContract>
  /** Another client's port, for whoever speaks to it directly. */
  connect(): Port
  close(): Promise<void>
}

/** @param options what the test brings; without a starter of processes there are none */
export async function openEngine(workspace: string, options: Partial<EngineOptions>): Promise<OpenEngine> {
  const engine = await createEngine({
    workspaceFolder: workspace,
    cacheFolder: path.join(workspace, 'cache'),
    resourcesFolder: path.join(workspace, 'resources'),
    appVersion: '0.0.0-test',
    autoResume: false,
    startProcess: () => Promise.reject(new Error('no processes in this test')),
    ...options,
  })
  const connect = (): Port => {
    const [server, port] = memoryPorts()
    serveRouter(engine.router, server)
    return port
  }
  const port = connect()
  return {
    connect,
    client: createClient<EngineContract>(port),
    close: async () => {
      port.close()
      await engine.close()
    },
  }
}
