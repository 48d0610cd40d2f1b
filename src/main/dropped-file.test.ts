// What is dropped on the window: designs are read, networks of others told apart, and what is neither refused with the reason.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { readDropped } from './dropped-file'

const MAX_BYTES = 1024 ** 2
let folder = ''
const at = (name: string): string => path.join(folder, name)
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'dropped-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it.each([
  ['net.gptnas.json', '{"format":"gptnas-architecture/1"}'],
  ['settings.JSON', '{}'],
  ['picture.svg', '<svg/>'],
])('the text of %s is given', async (name, text) => {
  writeFileSync(at(name), text)
  expect(await readDropped(at(name), MAX_BYTES)).toEqual({ path: at(name), text })
})

it.each([
  ['model.json', '{"format":"layers-model","modelTopology":{}}'],
  ['keras.json', '{"class_name": "Functional"}'],
  ['net.onnx', 'bytes'],
  ['net.keras', 'bytes'],
])('%s is another program’s', async (name, text) => {
  writeFileSync(at(name), text)
  expect(await readDropped(at(name), MAX_BYTES)).toEqual({ path: at(name), text: null })
})

it('the folder of an export gives what describes it; another is told to be none', async () => {
  mkdirSync(at('run-1'))
  await expect(readDropped(at('run-1'), MAX_BYTES)).rejects.toMatchObject({
    code: 'not-found',
    message: 'The folder run-1 holds no metadata.json, so it is no export.',
  })
  writeFileSync(at('run-1/metadata.json'), '{"format":"tfjs"}')
  expect(await readDropped(at('run-1'), MAX_BYTES)).toEqual({ path: at('run-1'), text: '{"format":"tfjs"}' })
})

it.each([
  ['a pipe', (place: string) => execFileSync('mkfifo', [place]), /pipe/],
  ['a device', (place: string) => symlinkSync('/dev/zero', place), /device/],
  ['a huge file', (place: string) => (writeFileSync(place, '{'), truncateSync(place, 3 * 1024 ** 3)), /at most/],
  ['nothing', () => undefined, /no design/],
] as const)('%s is refused before it is read', async (_kind, make, told) => {
  make(at('x.gptnas.json'))
  await expect(readDropped(at('x.gptnas.json'), MAX_BYTES)).rejects.toThrow(told)
})
