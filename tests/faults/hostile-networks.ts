// Networks that are meant to take minutes, gigabytes or files of somebody else: what is crafted for it, and the readers' seeds with bytes changed.
// Each is read by every way in which a network comes in.
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { CRAFTED_KERAS } from './crafted-keras'
import { CRAFTED_ONNX } from './crafted-onnx'
import { attempt, type Attack } from './hostile-files'
import { mutate } from './mutations'
import { networkReaders } from './network-readers'

const CRAFTED = [...CRAFTED_ONNX, ...CRAFTED_KERAS]

/**
 * @param folder empty
 * @param count how many in all; what is crafted comes first
 */
export async function attackNetworks(
  folder: string,
  count: number,
  onStart: (what: string) => void = () => undefined,
): Promise<Attack[]> {
  const place = path.join(folder, 'place')
  mkdirSync(folder, { recursive: true })
  const readers = networkReaders()
  const attacks: Attack[] = []
  for (const [file, mutation, make] of CRAFTED) {
    if (attacks.length >= count) break
    onStart(mutation)
    const reader = readers.find(({ files }) => Object.hasOwn(files, file)) ?? readers[0]!
    attacks.push(await attempt(place, reader, { file, mutation, seed: 0 }, (target) => writeFileSync(target, make())))
  }
  for (let seed = 0; attacks.length < count; seed++) {
    const reader = readers[seed % readers.length]!
    const names = Object.keys(reader.files)
    const file = names[Math.floor(seed / readers.length) % names.length]!
    const { mutation, bytes } = mutate(reader.files[file]!, Math.floor(seed / readers.length))
    onStart(`${reader.name}, ${mutation}`)
    attacks.push(await attempt(place, reader, { file, mutation, seed }, (target) => writeFileSync(target, bytes)))
  }
  return attacks
}
