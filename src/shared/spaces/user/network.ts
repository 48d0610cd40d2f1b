// What the choices of a user-defined space build, where all of them are blocks: sizes and cost from position to position,
// and the document. A position has a width and a stride; a block that cannot follow them cannot stand there.
import { BUILT_IN_BLOCKS } from '../../architecture/blocks'
import type { BlockDefinition, BlockLibrary } from '../../architecture/block'
import { completeParameters } from '../../architecture/catalogue'
import { isMap } from '../../architecture/catalogue/window'
import type { ArchitectureDocument, ChainBlock } from '../../architecture/document'
import type { MapShape, ParameterValues, TensorShape } from '../../architecture/layer'
import { nearMisses } from '../../architecture/near-misses'
import { AppError } from '../../errors'
import { createSkeleton, isStep, stepOf, type Cost, type Stepped } from '../skeleton'
import { IDENTITY_CHOICE, type UserSpaceFile } from './space-file'

export interface UserNetworkOptions {
  /** `[height, width, channels]` of one image; default 32 x 32 colour images. */
  readonly inputShape?: TensorShape
  /** Default 10. */
  readonly classes?: number
  /** The built-in blocks and the user's own; default the built-in ones. */
  readonly library?: BlockLibrary
}

export interface UserStep extends Cost {
  readonly output: MapShape
  /** Undefined for the identity. */
  readonly block: ChainBlock | undefined
}

export interface UserNetworks {
  readonly stem: MapShape
  readonly stemCost: Cost
  headCost(channels: number): Cost
  /** Choice `choice` of position `position` behind a map of that shape, or why it cannot stand there. */
  step(position: number, choice: number, input: MapShape): Stepped<UserStep>
  /** @throws AppError `invalid-architecture` where a choice does not fit. */
  document(choices: readonly number[], name: string): ArchitectureDocument
  readonly library: BlockLibrary
}

interface Built {
  readonly definition: BlockDefinition
  readonly parameters: ParameterValues
}

/** The block of a choice, `undefined` for the identity, or why there is none. */
function builtBy(
  choice: string,
  file: UserSpaceFile,
  library: BlockLibrary,
): Built | undefined | { readonly reason: string } {
  const mapped = Object.hasOwn(file.blocks, choice) ? file.blocks[choice] : undefined
  if (mapped === undefined && choice === IDENTITY_CHOICE) return undefined
  const name = mapped?.block ?? choice
  const definition = library.get(name)
  if (definition === undefined) {
    const near = nearMisses(name, library.keys())
    return { reason: `there is no block "${name}"${near.length > 0 ? `; did you mean ${near.join(' or ')}?` : ''}` }
  }
  const given = mapped?.parameters ?? {}
  for (const own of ['width', 'stride'])
    if (own in given) return { reason: `blocks.${choice}.parameters.${own} belongs to the position` }
  try {
    completeParameters(definition, given)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { reason: error.message }
  }
  return { definition, parameters: given }
}

/** Why a space cannot be trained, naming the first choice that builds nothing; undefined when it can. */
export function untrainableReason(file: UserSpaceFile, library: BlockLibrary = BUILT_IN_BLOCKS): string | undefined {
  for (const [i, { choices }] of file.positions.entries())
    for (const [j, choice] of choices.entries()) {
      const built = builtBy(choice, file, library)
      if (built !== undefined && 'reason' in built) return `positions.${i}.choices.${j}: "${choice}": ${built.reason}`
    }
  return undefined
}

/** No choice but the identity builds anything: the file means words, and has not merely misspelt a block. */
export const isOfWords = (file: UserSpaceFile, library: BlockLibrary = BUILT_IN_BLOCKS): boolean =>
  Object.keys(file.constraints).length === 0 &&
  file.positions.every(({ choices }) =>
    choices.every((choice) => {
      const built = builtBy(choice, file, library)
      return built === undefined || 'reason' in built
    }),
  )

/** @throws AppError `invalid-input` for data that are not images, or when a choice builds nothing. */
export function createUserNetworks(file: UserSpaceFile, options: UserNetworkOptions = {}): UserNetworks {
  const { inputShape = [32, 32, 3], classes = 10, library = BUILT_IN_BLOCKS } = options
  if (!isMap(inputShape))
    throw new AppError(
      'invalid-input',
      `Space ${file.name} needs images [height, width, channels], received [${inputShape.join(', ')}].`,
    )
  const reason = untrainableReason(file, library)
  if (reason !== undefined)
    throw new AppError(
      'invalid-input',
      `Space ${file.name}: ${reason}.`,
      'Name a block of the library, or give a table.',
    )
  const built = file.positions.map(({ choices }) =>
    choices.map((choice) => builtBy(choice, file, library) as Built | undefined),
  )
  const skeleton = createSkeleton({ inputShape, classes, stemWidth: file.stemWidth, library })

  const compute = (position: number, choice: number, input: MapShape): Stepped<UserStep> => {
    const { width = input[2], stride = 1 } = file.positions[position]!
    const block = built[position]![choice]
    const isKept = width === input[2] && stride === 1
    if (block === undefined)
      return isKept
        ? { output: input, block: undefined, macs: 0, weights: 0 }
        : { reason: `${IDENTITY_CHOICE} keeps a map of ${input.join('x')}, which this position changes` }
    const { definition, parameters: given } = block
    if (!('width' in definition.parameters) && width !== input[2])
      return {
        reason: `block "${definition.name}" keeps the width of its input, ${input[2]}; the position asks ${width}`,
      }
    if (!('stride' in definition.parameters) && stride !== 1)
      return { reason: `block "${definition.name}" keeps the size of its input; the position asks stride ${stride}` }
    const parameters = {
      ...given,
      ...('width' in definition.parameters ? { width } : {}),
      ...('stride' in definition.parameters ? { stride } : {}),
    }
    const result = stepOf(definition, parameters, input)
    return isStep(result) ? { ...result, block: { block: definition.name, parameters } } : result
  }
  const steps = new Map<string, Stepped<UserStep>>()
  const step = (position: number, choice: number, input: MapShape): Stepped<UserStep> => {
    const key = `${position}.${choice}.${input[0]}x${input[1]}x${input[2]}`
    let result = steps.get(key)
    if (result === undefined) steps.set(key, (result = compute(position, choice, input)))
    return result
  }

  return {
    stem: skeleton.stem,
    stemCost: skeleton.stemCost,
    headCost: (channels) => skeleton.headCost(channels),
    step,
    library,
    document: (choices, name) => {
      const blocks: ChainBlock[] = []
      let shape = skeleton.stem
      choices.forEach((choice, position) => {
        const result = step(position, choice, shape)
        if (!isStep(result))
          throw new AppError('invalid-architecture', `Position ${file.positions[position]!.name}: ${result.reason}.`)
        if (result.block !== undefined) blocks.push(result.block)
        shape = result.output
      })
      return skeleton.document(name, blocks)
    },
  }
}
