// Runs before anything else in every Node-side entry (the build puts it first): supplies the globals that our libraries
// use and Electron 22's Node 16.17 keeps in modules only. Supplies nothing that exists already but one, and nothing that is not used.
import * as buffer from 'node:buffer'
import * as crypto from 'node:crypto'
import * as webStreams from 'node:stream/web'

const globals = globalThis as unknown as Record<string, unknown>

/** @param make called where it is missing alone: reading what a newer Node has would load what nobody needs */
function supply(name: string, make: () => unknown): void {
  if (!(name in globals)) Object.defineProperty(globals, name, { value: make(), writable: true, configurable: true })
}

// oRPC: event iterators and bodies.
supply('ReadableStream', () => webStreams.ReadableStream)
supply('TransformStream', () => webStreams.TransformStream)
supply('WritableStream', () => webStreams.WritableStream)
supply('TextDecoderStream', () => webStreams.TextDecoderStream)
supply('TextEncoderStream', () => webStreams.TextEncoderStream)
supply('Blob', () => buffer.Blob)
supply('crypto', () => crypto.webcrypto)

/** oRPC only asks `instanceof`: no form and no file ever crosses our ports. */
supply('File', () => class File extends buffer.Blob {})
/** Ours also where there is one: reading a newer Node's loads its HTTP client, a tenth of the time of a short command. */
const FormData = class FormData {}
Object.defineProperty(globals, 'FormData', { value: FormData, writable: true, configurable: true })

/** The abort reason of Node 16 is a plain DOMException, which is no global there. */
if (!('DOMException' in globals)) {
  try {
    atob('!')
  } catch (error) {
    supply('DOMException', () => (error as Error).constructor)
  }
}
