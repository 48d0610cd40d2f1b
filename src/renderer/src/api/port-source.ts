// Receives the engine's port from preload and asks for it. Only messages of this very window count: a frame or an
// opener cannot hand one in.
import { ENGINE_PORT_MESSAGE, HOST_CHANNELS } from '@shared/contract/window'
import { portFromDom } from '@shared/transport/port'
import type { EngineConnection } from './engine-client'

/** Feeds every announced port to `connection`; preload sends one again after each engine restart. Returns the stop function. */
export function listenForEnginePorts(connection: EngineConnection, target: Window = window): () => void {
  const onMessage = (event: MessageEvent): void => {
    if (event.source !== target || event.data !== ENGINE_PORT_MESSAGE) return
    const port = event.ports[0]
    if (port !== undefined) connection.accept(portFromDom(port))
  }
  target.addEventListener('message', onMessage)
  target.postMessage(HOST_CHANNELS.requestEngine, '*')
  return () => target.removeEventListener('message', onMessage)
}
