// Builds the vocabulary of preset `workbench`: block instances with their relative sizes, cell operations with their
// connections, and what a sentence needs around them. Stored in vocabulary-workbench-1.json; changing it means a new file.
import { BUILT_IN_BLOCKS } from '../../architecture/blocks'
import { CELL_OPERATIONS, MAX_VERTICES } from '../../spaces/nas-bench-101/cell'
import { EDGE_OPERATIONS } from '../../spaces/nas-bench-201/genotype'
import { STRIDES, WIDTH_RATIOS } from '../../spaces/block-chain/genotype'

export interface WorkbenchVocabularyFile {
  readonly format: 'gptnas-vocabulary/1'
  readonly preset: 'workbench'
  readonly version: number
  readonly tokens: readonly string[]
}

/** Slots for the user's blocks: a sentence names a slot, the run says which block it is. More blocks than this have none. */
export const USER_BLOCK_SLOTS = 32
/** Octaves of size and eighths of quality that a sentence may ask for; measured on what a corpus holds, not here. */
export const BUCKETS = 8

/** Spaces that have sentences; those of the second list came later and stand at the end, so that ids stay. */
const FIRST_SPACES = ['block-chain', 'nas-bench-101', 'nas-bench-201'] as const
const LATER_SPACES = ['user', 'zoo'] as const
export type SentenceSpace = (typeof FIRST_SPACES)[number] | (typeof LATER_SPACES)[number]

/** Choices of one position of a user-defined space that one token can tell apart; more take several tokens. */
export const CHOICE_BASE = 64
/** Numbers are written in this base: most sizes of published networks are one token. */
export const NUMBER_BASE = 64

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

export const blockToken = (name: string): string => `block ${name}`
export const userBlockToken = (slot: number): string => `user-block ${slot}`
export const sizesToken = (width: number, stride: number): string => `width x${width} stride ${stride}`
export const operationToken = (operation: string): string => `operation ${operation}`
export const edgeToken = (operation: string): string => `edge ${operation}`
export const fromToken = (vertex: number): string => `from ${vertex}`
export const choiceToken = (digit: number): string => `choice ${digit}`
export const numberToken = (digit: number): string => `number ${digit}`
export const strideToken = (stride: number): string => `stride ${stride}`
export const parameterToken = (name: string): string => `parameter ${name}`
export const valueToken = (value: string | boolean): string => `value ${String(value)}`

/** Parameters of the built-in blocks beside width and stride, and the words they may be. */
function parameterTokens(): string[] {
  const names = new Set<string>()
  const values = new Set<string | boolean>()
  for (const { parameters } of BUILT_IN_BLOCKS.values())
    for (const [name, spec] of Object.entries(parameters)) {
      if (name === 'width' || name === 'stride') continue
      names.add(name)
      if (spec.type === 'choice') spec.choices.forEach((choice) => values.add(choice))
      if (spec.type === 'boolean') [true, false].forEach((value) => values.add(value))
    }
  return [...[...names].map(parameterToken), ...[...values].map(valueToken)]
}

export function generateWorkbenchVocabulary(): WorkbenchVocabularyFile {
  const blocks = [...BUILT_IN_BLOCKS.keys()].filter((name) => name !== 'classifier-head')
  return {
    format: 'gptnas-vocabulary/1',
    preset: 'workbench',
    version: 1,
    tokens: [
      ...['<pad>', '<start>', '<end>', '<gap>', '<fill>'],
      ...FIRST_SPACES.map((space) => `space ${space}`),
      ...upTo(BUCKETS).map((bucket) => `size ${bucket}`),
      ...upTo(BUCKETS).map((bucket) => `quality ${bucket}`),
      ...blocks.map(blockToken),
      ...upTo(USER_BLOCK_SLOTS).map(userBlockToken),
      ...WIDTH_RATIOS.flatMap((width) => STRIDES.map((stride) => sizesToken(width, stride))),
      ...CELL_OPERATIONS.map(operationToken),
      'output',
      ...upTo(MAX_VERTICES - 1).map(fromToken),
      ...EDGE_OPERATIONS.map(edgeToken),
      ...LATER_SPACES.map((space) => `space ${space}`),
      ...upTo(CHOICE_BASE).map(choiceToken),
      ...upTo(NUMBER_BASE).map(numberToken),
      ...['over', 'width', 'head', 'dropout'],
      ...STRIDES.map(strideToken),
      ...parameterTokens(),
    ],
  }
}
