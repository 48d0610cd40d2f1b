// An architecture as commands name it: a .gptnas.json file, an export, or a network of the zoo by torchvision's name.
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { ArchitectureDocument } from '@shared/architecture/document'
import { zooDocument } from '@shared/architecture/document/zoo-document'
import { ZOO_NAMES } from '@shared/architecture/zoo'
import { AppError } from '@shared/errors'
import { designFromText } from '@shared/exchange/design-from-text'
import { METADATA_FILE } from '@shared/exchange/metadata'
import { readText } from './files'

export const ARCHITECTURE_HELP = 'a .gptnas.json file, an export or its folder, or the name of a zoo network'

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false // what is wrong with it is told when it is read
  }
}

function readMetadata(folder: string): string {
  const file = join(folder, METADATA_FILE)
  if (existsSync(file)) return readText(file, 'file')
  throw new AppError(
    'not-found',
    `The folder ${folder} holds no ${METADATA_FILE}, so it is no export.`,
    'Name an architecture file, or the folder of an export.',
  )
}

/** @throws AppError naming the file and, where it is damaged, the place in it */
export function readArchitecture(path: string): ArchitectureDocument {
  if (!existsSync(path) && ZOO_NAMES.includes(path)) return zooDocument(path)
  const text = isFolder(path) ? readMetadata(path) : readText(path, 'architecture file')
  try {
    return designFromText(text)
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown
    throw new AppError(thrown.code, `${path}: ${thrown.message}`, thrown.fix, { cause: thrown })
  }
}
