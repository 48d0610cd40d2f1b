// Damaged and hostile files on every reader: each must be refused with an AppError or accepted, soon, and write nothing elsewhere.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { AppError } from '../../src/shared/errors'
import { mutate, type Mutation } from './mutations'
import { hostileReaders, layOut, type Reader } from './readers'

export interface Attack {
  readonly reader: string
  readonly file: string
  readonly mutation: Mutation
  readonly seed: number
  readonly end: 'accepted' | 'refused' | 'bug'
  /** What was thrown. */
  readonly message: string
  readonly seconds: number
  /** What lay outside the folder that it may write to, afterwards. */
  readonly strays: readonly string[]
}

/** What may lie beside the folder of an attack: where imports go, and their working folder. */
const ALLOWED = ['attack', 'cache', 'datasets']

/**
 * Attacks each reader in turn until there were `count`.
 * @param folder empty
 * @param onStart is called before each: where a reader hangs or ends the process, that names it
 */
export async function attackReaders(
  folder: string,
  count: number,
  firstSeed = 0,
  onStart: (reader: string, seed: number) => void = () => undefined,
): Promise<Attack[]> {
  const readers = await hostileReaders(path.join(folder, 'seeds'))
  const attacks: Attack[] = []
  for (let at = 0; at < count; at++) {
    const reader = readers[at % readers.length]!
    // A round of all readers takes one mutation, the next round the next.
    const seed = firstSeed + Math.floor(at / readers.length)
    onStart(reader.name, seed)
    attacks.push(await attack(path.join(folder, 'place'), reader, seed))
  }
  return attacks
}

async function attack(place: string, reader: Reader, seed: number): Promise<Attack> {
  rmSync(place, { recursive: true, force: true })
  const folder = path.join(place, 'attack')
  mkdirSync(folder, { recursive: true })
  layOut(folder, reader.files)
  const names = Object.keys(reader.files)
  const file = names[seed % names.length]!
  const { mutation, bytes } = mutate(reader.files[file]!, seed)
  writeFileSync(path.join(folder, file), bytes)
  const begun = performance.now()
  const { end, message } = await outcomeOf(async () => reader.read(folder))
  const seconds = (performance.now() - begun) / 1000
  const strays = readdirSync(place).filter((name) => !ALLOWED.includes(name))
  return { reader: reader.name, file, mutation, seed, end, message, seconds, strays }
}

async function outcomeOf(read: () => Promise<void>): Promise<Pick<Attack, 'end' | 'message'>> {
  try {
    await read()
    return { end: 'accepted', message: '' }
  } catch (thrown) {
    const message = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
    return { end: thrown instanceof AppError && thrown.code !== 'internal' ? 'refused' : 'bug', message }
  }
}
