// Receives the engine's port from preload. Only messages of this very window count: a frame or an opener cannot hand one in.
import { ENGINE_PORT_MESSAGE } from '@shared/contract/window'
import { portFromDom } from '@shared/transport/port'
import type { EngineConnection } from './engine-client'

function isPortMessage(data: unknown): boolean {
  return typeof data === 'object' && data !== null && 'type' in data && data.type === ENGINE_PORT_MESSAGE
}

/** Feeds every announced port to `connection`; preload sends one again after each engine restart. Returns the stop function. */
export function listenForEnginePorts(connection: EngineConnection, target: Window = window): () => void {
  const onMessage = (event: MessageEvent): void => {
    if (event.source !== target || !isPortMessage(event.data)) return
    const port = event.ports[0]
    if (port !== undefined) connection.accept(portFromDom(port))
  }
  target.addEventListener('message', onMessage)
  return () => target.removeEventListener('message', onMessage)
}
