// Runs before anything else in every Node-side entry (the build puts it first): supplies the globals that our libraries
// use and Electron 22's Node 16.17 keeps in modules only. Supplies nothing that exists already, and nothing that is not used.
import { Blob } from 'node:buffer'
import { webcrypto } from 'node:crypto'
import * as webStreams from 'node:stream/web'

const globals = globalThis as unknown as Record<string, unknown>

function supply(name: string, value: unknown): void {
  if (globals[name] === undefined) Object.defineProperty(globals, name, { value, writable: true, configurable: true })
}

// oRPC: event iterators and bodies.
supply('ReadableStream', webStreams.ReadableStream)
supply('TransformStream', webStreams.TransformStream)
supply('WritableStream', webStreams.WritableStream)
supply('TextDecoderStream', webStreams.TextDecoderStream)
supply('TextEncoderStream', webStreams.TextEncoderStream)
supply('Blob', Blob)
supply('crypto', webcrypto)

/** oRPC only asks `instanceof`: no form and no file ever crosses our ports. */
supply('FormData', class FormData {})
supply('File', class File extends Blob {})

/** The abort reason of Node 16 is a plain DOMException, which is no global there. */
if (globals['DOMException'] === undefined) {
  try {
    atob('!')
  } catch (error) {
    supply('DOMException', (error as Error).constructor)
  }
}
