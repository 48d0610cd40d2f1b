// The port a child process talks to whoever started it through: Electron's utility process gets a MessagePort handed
// over, a forked Node process has its IPC channel. Structural types keep this folder free of Node and Electron.
import { portFromIpc, portFromMain, type IpcLike, type MainPortLike, type Port } from './port'

export interface ParentPortLike {
  on(event: 'message', listener: (event: { data: unknown; ports: readonly MainPortLike[] }) => void): unknown
  postMessage(message: unknown): void
}

export interface ChildProcessLike extends IpcLike {
  parentPort?: ParentPortLike | undefined
  on(event: 'message', listener: (message: unknown) => void): unknown
  on(event: 'disconnect' | 'SIGINT', listener: () => void): unknown
}

/** First message to a utility process that serves one port; carries the port. */
export const PORT_MESSAGE = 'gptnas:port'

/** Resolves once the starter has handed the port over. @param process the child's own `process` object */
export function portToParent(process: ChildProcessLike): Promise<Port> {
  const { parentPort } = process
  if (!parentPort) {
    // Ctrl-C in a terminal reaches every process of the command. What it means is decided by the one that was started
    // there: a pause, which needs this process for its next checkpoint. An orphan ends with its port all the same.
    process.on('SIGINT', () => undefined)
    return Promise.resolve(portFromIpc(process))
  }
  return new Promise((resolve) => {
    parentPort.on('message', ({ data, ports }) => {
      const [port] = ports
      if (data === PORT_MESSAGE && port) resolve(portFromMain(port))
    })
  })
}
