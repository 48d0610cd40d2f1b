// What a two-way message channel is, whatever carries it: MessagePort, Electron's MessagePortMain, a forked child's IPC,
// or a pair in memory for tests. Messages are strings (oRPC encodes them); nothing here knows the contract.

export interface Port {
  postMessage(message: unknown): void
  onMessage(listener: (message: unknown) => void): void
  /** Called once, when the other side is gone or `close` was called here. A port that is closed already calls back at once. */
  onClose(listener: () => void): void
  close(): void
}

/** Structural subset of Electron's MessagePortMain. */
export interface MainPortLike {
  on(event: 'message', listener: (event: { data: unknown }) => void): unknown
  on(event: 'close', listener: () => void): unknown
  postMessage(message: unknown): void
  start(): void
  close(): void
}

/** Structural subset of a DOM MessagePort. Chrome 108 sends no `close` event: whoever hands out a new port closes the old one. */
export interface DomPortLike {
  addEventListener(event: 'message', listener: (event: { data: unknown }) => void): void
  postMessage(message: unknown): void
  start(): void
  close(): void
}

/** Structural subset of a child process with an IPC channel, and of `process` inside one. */
export interface IpcLike {
  send?(message: unknown, callback: (error: Error | null) => void): boolean
  connected?: boolean
  on(event: 'message', listener: (message: unknown) => void): unknown
  on(event: 'disconnect', listener: () => void): unknown
  disconnect?(): void
}

/** Calls every listener exactly once, late ones at once. */
function closeSignal(): { fire(): void; onClose(listener: () => void): void; readonly closed: boolean } {
  let closed = false
  const listeners: (() => void)[] = []
  return {
    get closed() {
      return closed
    },
    fire() {
      if (closed) return
      closed = true
      for (const listener of listeners.splice(0)) listener()
    },
    onClose(listener) {
      if (closed) listener()
      else listeners.push(listener)
    },
  }
}

export function portFromMain(port: MainPortLike): Port {
  const signal = closeSignal()
  port.on('close', () => signal.fire())
  return {
    postMessage: (message) => {
      if (!signal.closed) port.postMessage(message)
    },
    onMessage: (listener) => {
      port.on('message', (event) => listener(event.data))
      port.start()
    },
    onClose: signal.onClose,
    close: () => {
      port.close()
      signal.fire()
    },
  }
}

export function portFromDom(port: DomPortLike): Port {
  const signal = closeSignal()
  return {
    postMessage: (message) => {
      if (!signal.closed) port.postMessage(message)
    },
    onMessage: (listener) => {
      port.addEventListener('message', (event) => listener(event.data))
      port.start()
    },
    onClose: signal.onClose,
    close: () => {
      port.close()
      signal.fire()
    },
  }
}

export function portFromIpc(channel: IpcLike): Port {
  const signal = closeSignal()
  channel.on('disconnect', () => signal.fire())
  return {
    postMessage: (message) => {
      if (signal.closed || !channel.send || channel.connected === false) return
      // A failed send means the other side is gone; `disconnect` may come late or never.
      channel.send(message, (error) => {
        if (error) signal.fire()
      })
    },
    onMessage: (listener) => {
      channel.on('message', listener)
    },
    onClose: signal.onClose,
    close: () => {
      if (channel.connected !== false) channel.disconnect?.()
      signal.fire()
    },
  }
}

/** Two ends of one channel in this process; messages arrive in a later microtask, as over a real wire. */
export function memoryPorts(): readonly [Port, Port] {
  const signal = closeSignal()
  const end = (own: ((message: unknown) => void)[], other: ((message: unknown) => void)[]): Port => ({
    postMessage: (message) => {
      if (signal.closed) return
      queueMicrotask(() => {
        if (!signal.closed) for (const listener of other) listener(message)
      })
    },
    onMessage: (listener) => {
      own.push(listener)
    },
    onClose: signal.onClose,
    close: () => signal.fire(),
  })
  const left: ((message: unknown) => void)[] = []
  const right: ((message: unknown) => void)[] = []
  return [end(left, right), end(right, left)]
}
