// What figures of an earlier call were made of: they count as long as the files that decide them are the same.
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import path from 'node:path'
import { userFolders } from '../../src/shared/runtime/user-folders'
import { checkout } from '../harness'
import type { Way } from './ways'

/** Where figures lie unless `--keep` says otherwise. */
export const keptFolder = (): string => path.join(userFolders(process.env, homedir()).cache, 'bench-exchange')

/** What every way out is made of: our layers, and what an export takes from them. */
const COMMON = [
  'bench/exchange/weights.ts',
  'bench/exchange/measure-case.ts',
  'src/compute/networks',
  'src/shared/architecture/catalogue',
  'src/shared/exchange/compare-predictions.ts',
  'src/compute/exchange/trained-network.ts',
  'src/compute/exchange/same-padding.ts',
  'src/compute/exchange/kernels.ts',
  'src/compute/exchange/initialise.ts',
]
const OWN: Readonly<Record<string, readonly string[]>> = {
  tfjs: ['tfjs-layers', 'tfjs'],
  'tfjs-graph': ['tfjs-graph', 'tfjs', 'tensorflow-graph'],
  'saved-model': ['saved-model', 'tensorflow-graph'],
  onnx: ['onnx'],
  keras: ['keras', 'python-source'],
  pytorch: ['pytorch', 'python-source'],
}

const found = new Map<string, Promise<string>>()

/** A hash of the source files that decide what a way out computes, tests left out. */
export function codeVersion({ format }: Pick<Way, 'format'>): Promise<string> {
  const own = (OWN[format] ?? []).map((folder) => `src/compute/exchange/${folder}`)
  const version = found.get(format) ?? hashOf([...COMMON, ...own])
  found.set(format, version)
  return version
}

async function hashOf(places: readonly string[]): Promise<string> {
  const hash = createHash('sha256')
  for (const place of places)
    for (const file of await filesOf(path.join(checkout, place))) {
      hash.update(path.relative(checkout, file))
      hash.update(await readFile(file))
    }
  return hash.digest('hex').slice(0, 16)
}

async function filesOf(place: string): Promise<string[]> {
  if (place.endsWith('.ts')) return [place]
  const files: string[] = []
  for (const entry of await readdir(place, { withFileTypes: true })) {
    const inside = path.join(place, entry.name)
    if (entry.isDirectory()) files.push(...(entry.name === 'testing' ? [] : await filesOf(inside)))
    else if (!entry.name.endsWith('.test.ts')) files.push(inside)
  }
  return files.sort()
}
