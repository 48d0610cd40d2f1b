// A space as commands name it: a built-in one by name, a user-defined one by its file, or the block chain of a search file.
import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { BUILT_IN_BLOCKS } from '@shared/architecture/blocks'
import { AppError } from '@shared/errors'
import { createChainCodec, createUserCodec, encodeCell, encodeEdges } from '@shared/language'
import { chainSpaceSchema } from '@shared/search/run'
import { createBlockChainSpace } from '@shared/spaces/block-chain/space'
import { cellKey } from '@shared/spaces/nas-bench-101/edits'
import { enumerateCells } from '@shared/spaces/nas-bench-101/enumerate'
import { cellGenotype, cellOf, type CellGenotype } from '@shared/spaces/nas-bench-101/genotype'
import { createCellSpace } from '@shared/spaces/nas-bench-101/space'
import {
  EDGE_CELLS,
  edgeGenotypeAt,
  publishedEdgeClass,
  type EdgeGenotype,
} from '@shared/spaces/nas-bench-201/genotype'
import { createEdgeSpace } from '@shared/spaces/nas-bench-201/space'
import type { Genotype, Space } from '@shared/spaces/space'
import { createKeyCodec } from '@shared/spaces/user/key'
import { USER_SPACE_FORMAT, parseSpaceFile } from '@shared/spaces/user/space-file'
import { createUserSpace } from '@shared/spaces/user/space'
import { readSpaceTable } from '@shared/spaces/user/table'
import { readText } from './files'

export const SPACE_HELP =
  'nas-bench-101, nas-bench-201, block-chain, a space file, or a search file with its chain space'

/** One architecture of an enumeration. */
export interface Listed {
  readonly genotype: () => Genotype
  readonly key: string
  readonly tokens: readonly number[]
}

export interface OpenSpace {
  readonly space: Space
  /** What its architectures are called. */
  readonly noun: string
  /** Tokens of preset `workbench`. */
  encode(genotype: Genotype): number[]
  /** Every architecture once; undefined where they are too many to list. */
  readonly all?: () => Iterable<Listed>
  /** Isomorphism classes, where they are published. */
  readonly classes?: () => number
  /** What is worth knowing, for `show`. */
  readonly facts: Readonly<Record<string, unknown>>
}

function cells(): OpenSpace {
  const space = createCellSpace()
  return {
    space,
    noun: 'unique cells',
    encode: (genotype) => encodeCell(cellOf(genotype as CellGenotype)),
    *all() {
      for (const cell of enumerateCells())
        yield { genotype: () => cellGenotype(cell), key: cellKey(cell), tokens: encodeCell(cell) }
    },
    facts: { vertices: 'at most 7', edges: 'at most 9', operations: space.names() },
  }
}

function edges(): OpenSpace {
  const space = createEdgeSpace()
  const genotypes = Array.from({ length: EDGE_CELLS }, (_, index) => edgeGenotypeAt(index))
  return {
    space,
    noun: 'cells',
    encode: (genotype) => encodeEdges(genotype as EdgeGenotype),
    *all() {
      for (const genotype of genotypes)
        yield { genotype: () => genotype, key: space.canonicalKey(genotype), tokens: encodeEdges(genotype) }
    },
    classes: () => new Set(genotypes.map(publishedEdgeClass)).size,
    facts: { edges: 6, operations: space.names() },
  }
}

function chain(definition: unknown, where: string): OpenSpace {
  const parsed = chainSpaceSchema.safeParse(definition)
  if (!parsed.success) {
    const issues = parsed.error.issues.map(({ path, message }) => `  ${path.join('.') || '(space)'}: ${message}`)
    throw new AppError(
      'invalid-input',
      `${where} is not a valid block chain space:\n${issues.join('\n')}`,
      'docs/search-file.md describes every field.',
    )
  }
  const space = createBlockChainSpace({
    definition: parsed.data,
    inputShape: [32, 32, 3],
    classes: 10,
    library: BUILT_IN_BLOCKS,
  })
  const codec = createChainCodec(space.names())
  return {
    space,
    noun: 'chains',
    encode: (genotype) => codec.encode(genotype as Parameters<typeof codec.encode>[0]),
    facts: { ...parsed.data, blocks: space.names() },
  }
}

function userDefined(json: unknown, path: string): OpenSpace {
  const file = parseSpaceFile(json)
  const tablePath = file.table && resolve(dirname(path), file.table.file)
  const table =
    tablePath === undefined
      ? undefined
      : readSpaceTable(readText(tablePath, 'table'), file.table!, createKeyCodec(file.positions))
  const space = createUserSpace({ file, ...(table && { table }) })
  const { encode } = createUserCodec(space)
  return {
    space,
    noun: 'architectures',
    encode: (genotype) => encode(space.parse(genotype)),
    *all() {
      for (const genotype of space.all())
        yield { genotype: () => genotype, key: space.canonicalKey(genotype), tokens: encode(genotype) }
    },
    facts: {
      description: file.description ?? null,
      positions: file.positions.map(({ name, choices }) => `${name}: ${choices.join(', ')}`),
      trainable: space.isTrainable,
      table:
        table === undefined ? null : `${file.table!.file}, ${table.rows.size} rows, fitness ${file.table!.fitness}`,
      constraints: file.constraints,
    },
  }
}

/** @throws AppError for an unknown name, a missing file, or a file that is no space, naming the place in it */
export function openSpace(name: string): OpenSpace {
  if (name === 'nas-bench-101') return cells()
  if (name === 'nas-bench-201') return edges()
  if (name === 'block-chain') return chain({}, name)
  if (!existsSync(name))
    throw new AppError('not-found', `There is no space and no file "${name}".`, `Name one of: ${SPACE_HELP}.`)
  let json: unknown
  try {
    json = JSON.parse(readText(name, 'space file'))
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('invalid-input', `${name} is not JSON: ${reason}.`, 'docs/spaces.md describes the file.', {
      cause,
    })
  }
  if (typeof json === 'object' && json !== null) {
    if ('kind' in json && json.kind === 'block-chain') return chain(json, name)
    if ('format' in json && json.format === 'gptnas-run/1') return chain('space' in json ? json.space : {}, name)
    // A search file may leave its format out; it always has a name and never positions.
    if (!('format' in json) && 'space' in json) return chain(json.space, name)
  }
  try {
    return userDefined(json, name)
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown
    const hint = thrown.fix ?? `A space file starts with { "format": "${USER_SPACE_FORMAT}" }.`
    throw new AppError(thrown.code, `${name}: ${thrown.message}`, hint, { cause: thrown })
  }
}
