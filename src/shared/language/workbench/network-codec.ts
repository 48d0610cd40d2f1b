// Networks of built-in blocks in preset `workbench`, block by block, as the zoo writes them: lossless, and relative as the
// design rules. Width is the ratio to the block's input; channels inside a block are ratios to its width; a parameter is
// written only where it differs from the same kind of block before (the first time: from its default).
import { BUILT_IN_BLOCKS, blockDefinition } from '../../architecture/blocks'
import { completeParameters } from '../../architecture/catalogue'
import type { ParameterValue, ParameterValues } from '../../architecture/layer'
import type { ZooNetwork } from '../../architecture/zoo'
import { AppError } from '../../errors'
import { blockToken, parameterToken, sizesToken, strideToken, valueToken } from './generate-vocabulary'
import { TokenReader, encodeRatio, fractionOf } from './numbers'
import { findToken, tokenId } from './vocabulary'

export interface NetworkBlock {
  /** A built-in block. */
  readonly block: string
  /** Complete. */
  readonly parameters: ParameterValues
}

/** What makes a zoo network: its blocks and the dropout before its classifier. Input size and classes belong to the data. */
export interface BlockNetwork {
  readonly blocks: readonly NetworkBlock[]
  /** 0 for none. */
  readonly dropout: number
}

/** Parameters that count channels: written relative to the block's width. */
const CHANNELS: Readonly<Record<string, readonly string[]>> = {
  'googlenet-inception': ['branch1', 'reduce3', 'branch3', 'reduce5', 'branch5', 'branchPool'],
  'regnet-res-bottleneck': ['groupWidth'],
}

const HEAD = tokenId('head')
const DROPOUT = tokenId('dropout')
const WIDTH = tokenId('width')

/** Colour images, which the first block's width is relative to. */
const COLOURS = 3

const isRelative = (block: string, name: string): boolean => CHANNELS[block]?.includes(name) === true

/** A network of the zoo as the language sees it. */
export function blockNetworkOf({ stages, head }: Pick<ZooNetwork, 'stages' | 'head'>): BlockNetwork {
  const dropout = head.find(({ kind }) => kind === 'dropout')?.parameters.rate
  return {
    blocks: stages.map(({ block, parameters }) => ({
      block,
      parameters: completeParameters(blockDefinition(BUILT_IN_BLOCKS, block), parameters),
    })),
    dropout: typeof dropout === 'number' ? dropout : 0,
  }
}

function numericOf(value: ParameterValue | undefined, what: string): number {
  if (typeof value === 'number') return value
  throw new AppError('invalid-input', `${what} must be a number to be written as tokens, received ${String(value)}.`)
}

function valueTokens(value: ParameterValue, width: number | undefined, where: string): number[] {
  if (typeof value === 'string' || typeof value === 'boolean') return [tokenId(valueToken(value))]
  const number = numericOf(value, where)
  return encodeRatio(fractionOf(width === undefined ? number : number / width))
}

/**
 * No `<start>`, `<end>` or space around the tokens.
 * @param channels of the images
 * @throws AppError for a block that is not built in
 */
export function encodeNetwork({ blocks, dropout }: BlockNetwork, channels = COLOURS): number[] {
  const tokens: number[] = []
  const before = new Map<string, string>()
  let width = channels
  for (const { block, parameters } of blocks) {
    const { parameters: specs } = blockDefinition(BUILT_IN_BLOCKS, block)
    const input = width
    if ('width' in specs) width = numericOf(parameters.width, `Width of ${block}`)
    const stride = 'stride' in specs ? numericOf(parameters.stride, `Stride of ${block}`) : 1
    tokens.push(tokenId(blockToken(block)))
    const usual = findToken(sizesToken(width / input, stride))
    if (usual !== undefined) tokens.push(usual)
    else tokens.push(WIDTH, ...encodeRatio(fractionOf(width / input)), tokenId(strideToken(stride)))
    for (const [name, spec] of Object.entries(specs)) {
      if (name === 'width' || name === 'stride') continue
      const where = `${block}.${name}`
      const base = isRelative(block, name) ? width : undefined
      const value = valueTokens(parameters[name] ?? spec.default, base, where)
      // Defaults that count channels are of no particular width: such a parameter is always written the first time.
      const usually = before.get(where) ?? (base === undefined ? valueTokens(spec.default, base, where).join() : '')
      if (value.join() === usually) continue
      tokens.push(tokenId(parameterToken(name)), ...value)
      before.set(where, value.join())
    }
  }
  return dropout > 0 ? [...tokens, HEAD, DROPOUT, ...encodeRatio(fractionOf(dropout))] : [...tokens, HEAD]
}

/** What a ratio stands for: of a width a whole number, else the quotient itself. */
function valueOf([p, q]: readonly [number, number], width: number | undefined): number {
  return width === undefined ? p / q : Math.round((width * p) / q)
}

/** Inverse of `encodeNetwork`. @throws AppError `invalid-input` naming the token that does not belong there. */
export function decodeNetwork(tokens: readonly number[], channels = COLOURS): BlockNetwork {
  const reader = new TokenReader(tokens)
  const blocks: NetworkBlock[] = []
  /** As written: ratios, so that they mean the same at another width. */
  const before = new Map<string, readonly [number, number] | string | boolean>()
  let width = channels
  while (reader.peek() !== 'head') {
    const block = reader.take('block ')
    const { parameters: specs } = blockDefinition(BUILT_IN_BLOCKS, block)
    const { ratio, stride } = readSizes(reader)
    width = valueOf(ratio, width)
    while (reader.peek().startsWith('parameter ')) {
      const name = reader.peek().slice('parameter '.length)
      const spec = name === 'width' || name === 'stride' ? undefined : specs[name]
      if (spec === undefined) throw reader.misfit(`a parameter of ${block}`)
      reader.take('parameter ')
      const isWord = spec.type === 'choice' || spec.type === 'boolean'
      const word = isWord ? reader.take('value ') : ''
      before.set(`${block}.${name}`, isWord ? (spec.type === 'boolean' ? word === 'true' : word) : reader.ratio())
    }
    const parameters: Record<string, ParameterValue> = {}
    for (const [name, spec] of Object.entries(specs)) {
      const value = before.get(`${block}.${name}`)
      if (name === 'width') parameters.width = width
      else if (name === 'stride') parameters.stride = stride
      else if (value === undefined) parameters[name] = spec.default
      else if (typeof value === 'string' || typeof value === 'boolean') parameters[name] = value
      else parameters[name] = valueOf(value, isRelative(block, name) ? width : undefined)
    }
    blocks.push({ block, parameters })
  }
  reader.take('head')
  let dropout = 0
  if (!reader.isAtEnd) {
    reader.take('dropout')
    dropout = valueOf(reader.ratio(), undefined)
  }
  if (!reader.isAtEnd) throw reader.misfit('the end')
  return { blocks, dropout }
}

function readSizes(reader: TokenReader): { ratio: readonly [number, number]; stride: number } {
  const usual = /^width x([\d.]+) stride (\d)$/.exec(reader.peek())
  if (usual !== null) {
    reader.take('width x')
    return { ratio: fractionOf(Number(usual[1])), stride: Number(usual[2]) }
  }
  reader.take('width')
  const ratio = reader.ratio()
  return { ratio, stride: Number(reader.take('stride ')) }
}
