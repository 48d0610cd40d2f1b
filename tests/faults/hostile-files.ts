// Damaged and hostile files on every reader: each must be refused with an AppError or accepted, soon, and write nothing elsewhere.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { AppError } from '../../src/shared/errors'
import { mutate } from './mutations'
import { hostileReaders, layOut, type Reader } from './readers'
import { UNUSUAL } from './unusual-files'

export interface Attack {
  readonly reader: string
  readonly file: string
  /** What was done to the file, or what stands in its place. */
  readonly mutation: string
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
  const names = Object.keys(reader.files)
  const file = names[seed % names.length]!
  const { mutation, bytes } = mutate(reader.files[file]!, seed)
  return attempt(place, reader, { file, mutation, seed }, (target) => writeFileSync(target, bytes))
}

/** Every reader on everything that is no file, or none of the kind that its name promises. @param folder as of `attackReaders` */
export async function giveUnusual(
  folder: string,
  onStart: (reader: string, unusual: string) => void = () => undefined,
): Promise<Attack[]> {
  const attacks: Attack[] = []
  for (const reader of await hostileReaders(path.join(folder, 'unusual-seeds')))
    for (const file of oneOfEach(Object.keys(reader.files)))
      for (const [seed, unusual] of UNUSUAL.entries()) {
        onStart(reader.name, unusual.name)
        const what = { file, mutation: unusual.name, seed }
        attacks.push(
          await attempt(path.join(folder, 'place'), reader, what, (target) =>
            unusual.make(target, reader.files[file]!),
          ),
        )
      }
  return attacks
}

/** Of a reader with many files: each kind of file once. */
export const oneOfEach = (names: readonly string[]): string[] => [
  ...new Map(names.map((name) => [path.basename(name).replace(/[\w-]*(?=\.(png|jpg)$)/, ''), name])).values(),
]

/** @param spoil makes the valid file, which lies at the place given, what the reader is to meet */
export async function attempt(
  place: string,
  reader: Reader,
  what: Pick<Attack, 'file' | 'mutation' | 'seed'>,
  spoil: (target: string) => void,
): Promise<Attack> {
  rmSync(place, { recursive: true, force: true })
  const folder = path.join(place, 'attack')
  mkdirSync(folder, { recursive: true })
  layOut(folder, reader.files)
  spoil(path.join(folder, what.file))
  const begun = performance.now()
  const { end, message } = await outcomeOf(async () => reader.read(folder))
  const seconds = (performance.now() - begun) / 1000
  const strays = readdirSync(place).filter((name) => !ALLOWED.includes(name))
  return { reader: reader.name, ...what, end, message, seconds, strays }
}

async function outcomeOf(read: () => Promise<void>): Promise<Pick<Attack, 'end' | 'message'>> {
  try {
    await read()
    return { end: 'accepted', message: '' }
  } catch (thrown) {
    const end = thrown instanceof AppError && thrown.code !== 'internal' ? 'refused' : 'bug'
    if (end === 'refused') return { end, message: (thrown as AppError).message }
    return { end, message: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown) }
  }
}
