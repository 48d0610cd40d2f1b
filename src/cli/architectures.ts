// An architecture as commands name it: a .gptnas.json file, or a network of the zoo by torchvision's name.
import { existsSync } from 'node:fs'
import { parseDocumentText, type ArchitectureDocument } from '@shared/architecture/document'
import { zooDocument } from '@shared/architecture/document/zoo-document'
import { ZOO_NAMES } from '@shared/architecture/zoo'
import { AppError } from '@shared/errors'
import { readText } from './files'

export const ARCHITECTURE_HELP = 'a .gptnas.json file, or the name of a zoo network'

/** @throws AppError naming the file and, where it is damaged, the place in it */
export function readArchitecture(path: string): ArchitectureDocument {
  if (!existsSync(path) && ZOO_NAMES.includes(path)) return zooDocument(path)
  const text = readText(path, 'architecture file')
  try {
    return parseDocumentText(text)
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown
    throw new AppError(thrown.code, `${path}: ${thrown.message}`, thrown.fix, { cause: thrown })
  }
}
