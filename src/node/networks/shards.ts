// The files of weights that a tfjs model names beside itself: each once, in its own folder.
import { statSync } from 'node:fs'
import path from 'node:path'
import { AppError } from '@shared/errors'
import { listAt } from '@shared/exchange/imported/json'
import { quoted } from '@shared/quoted'
import { readBeside } from './beside'

const namesOf = (json: unknown): readonly unknown[] =>
  listAt(json, 'weightsManifest').flatMap((group) => listAt(group, 'paths'))

/** What is named again and again would be read as often. @throws AppError `invalid-input` */
export function refuseRepeated(folder: string, json: unknown): void {
  const seen = new Set<string>()
  for (const name of namesOf(json)) {
    const place = path.resolve(folder, String(name))
    if (seen.has(place))
      throw new AppError(
        'invalid-input',
        `This is no tfjs layers model: it names its shard ${quoted(String(name))} twice.`,
        'Export it again.',
      )
    seen.add(place)
  }
}

/** One behind the other. @throws AppError `not-found` naming the first that is missing, those of `readBeside` */
export const readShards = (folder: string, names: readonly string[]): Uint8Array =>
  Buffer.concat(names.map((name) => readShard(folder, name)))

function readShard(folder: string, name: string): Uint8Array {
  const bytes = readBeside(folder, name, 0)
  if (bytes !== undefined) return bytes
  throw new AppError(
    'not-found',
    `Its weights are not beside it: ${path.join(folder, path.basename(name))} is missing.`,
    'Put the shards back beside model.json.',
  )
}

/** Whether all of them lie there: where they do not, the design of a model of ours is all there is. */
export const hasShards = (folder: string, json: unknown): boolean =>
  namesOf(json).every((name) => typeof name === 'string' && isFile(path.join(folder, path.basename(name))))

function isFile(place: string): boolean {
  try {
    return statSync(place).isFile()
  } catch {
    return false // what is wrong with it is told when it is read
  }
}
