// Computes in memory for tests of the pool.
import { implement } from '@orpc/server'
import { AppError } from '@shared/errors'
import { computeContract } from '@shared/contract/compute'
import { memoryPorts } from '@shared/transport/port'
import { serveRouter } from '@shared/transport/rpc'
import type { ProcessStarter } from '../process-starter'

/** Processes in memory: they answer `info`, hang in `proposerInfo` until killed, and count how many live. */
export function memoryProcesses(beforeInfo: (pid: number) => void = () => undefined) {
  const seen = { started: 0, live: 0, envs: [] as Readonly<Record<string, string>>[], kill: [] as (() => void)[] }
  const start: ProcessStarter = (_kind, env) => {
    const pid = ++seen.started
    seen.live++
    seen.envs.push(env)
    const [server, client] = memoryPorts()
    const os = implement(computeContract)
    // Only what the pool and these tests call.
    const router = {
      info: os.info.handler(() => {
        beforeInfo(pid)
        const selfCheck = { oneDnn: true, groupedConvolution: true, allocator: 'bfc', notices: [] }
        return { pid, tensorflow: '2.21.0', binding: 'test', device: 'cpu', selfCheck }
      }),
      proposerInfo: os.proposerInfo.handler(() => new Promise(() => undefined)),
      export: os.export.handler(() => {
        throw new AppError('internal', 'not part of this test')
      }),
    }
    serveRouter(router, server)
    let end: (code: number | null) => void = () => undefined
    const exited = new Promise<number | null>((resolve) => (end = resolve))
    const kill = (): void => {
      seen.live--
      server.close()
      setTimeout(() => end(null), 5)
    }
    seen.kill.push(kill)
    return Promise.resolve({ pid, port: client, exited, kill })
  }
  return { seen, start }
}

export const environment = () => Promise.resolve({ env: { TF_ENABLE_ONEDNN_OPTS: '1' }, notices: ['oneDNN is on.'] })
