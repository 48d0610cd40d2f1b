// An architecture as commands name it: a .gptnas.json file, an export, or a network of the zoo by torchvision's name.
import { existsSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { ArchitectureDocument } from '@shared/architecture/document'
import { zooDocument } from '@shared/architecture/document/zoo-document'
import { ZOO_NAMES } from '@shared/architecture/zoo'
import { AppError } from '@shared/errors'
import { designFromText } from '@shared/exchange/design-from-text'
import { METADATA_FILE } from '@shared/exchange/metadata'
import { designFromOnnx, problemLines, type ImportedDesign } from '@shared/exchange/onnx/design-from-onnx'
import { LARGEST_ONNX_MIB } from '@shared/exchange/onnx/options'
import { MIB } from '@shared/units'
import { typed } from '@node/command-line'
import { readWholeSync } from '@node/read-file'
import { readText } from './files'

export const ARCHITECTURE_HELP =
  'a .gptnas.json file, an export or its folder, an .onnx file, or the name of a zoo network'

const ONNX = '.onnx'

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

/** @throws AppError `not-found`, `invalid-input` for a file that is no ONNX model, `invalid-architecture` where no network can be made of it */
export function readOnnx(path: string): ImportedDesign {
  const bytes = readWholeSync(path, { what: 'ONNX model', maxBytes: LARGEST_ONNX_MIB * MIB })
  return designFromOnnx(bytes, basename(path).slice(0, -ONNX.length) || 'network')
}

/** @throws AppError `invalid-architecture` with every operator that has no layer here */
function wholeDesign(path: string, { document, problems }: ImportedDesign): ArchitectureDocument {
  if (problems.length === 0) return document
  throw new AppError(
    'invalid-architecture',
    `${path} has ${problems.length} operators that are no layers here:\n${problemLines(problems)
      .map((line) => `  ${line}`)
      .join('\n')}`,
    `Take over the rest, with identities in these places: "${typed('import FILE DESIGN --partial')}".`,
  )
}

/** @throws AppError naming the file and, where it is damaged, the place in it */
export function readArchitecture(path: string): ArchitectureDocument {
  if (!existsSync(path) && ZOO_NAMES.includes(path)) return zooDocument(path)
  if (path.toLowerCase().endsWith(ONNX)) return wholeDesign(path, readOnnx(path))
  const text = isFolder(path) ? readMetadata(path) : readText(path, 'architecture file')
  try {
    return designFromText(text)
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown
    throw new AppError(thrown.code, `${path}: ${thrown.message}`, thrown.fix, { cause: thrown })
  }
}
