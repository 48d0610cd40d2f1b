// The space of one architecture: what training a given document searches. A run over it is one trial, so that training by hand
// has everything a run has: progress, pause, resumption, weights, export.
import type { BlockLibrary } from '../../architecture/block'
import { metaOf, type ArchitectureDocument } from '../../architecture/document'
import { prepareArchitecture } from '../../architecture/prepared'
import { AppError } from '../../errors'
import { refusedGenotype } from '../genotype'
import type { Genotype, Space } from '../space'

export interface SingleSpaceOptions {
  readonly document: ArchitectureDocument
  readonly library: BlockLibrary
  /** `[height, width, channels]` of the data set. */
  readonly inputShape: readonly number[]
  readonly classes: number
}

const joined = (shape: readonly number[]): string => shape.join(' x ')

/**
 * Its one genotype names the architecture by its canonical hash; the document is the space's own.
 * @throws AppError `invalid-architecture` when the document cannot be trained on the data
 */
export function createSingleSpace({ document, library, inputShape, classes }: SingleSpaceOptions): Space {
  const { name, kind } = metaOf(document)
  if (kind !== 'network')
    throw new AppError('invalid-architecture', `"${name}" is a ${kind}, expected a network.`, 'Put it into a network.')
  const { graph, shapes, key } = prepareArchitecture(document, library)
  const output = shapes.get(graph.output) ?? []
  if (joined(graph.input) !== joined(inputShape) || joined(output) !== String(classes))
    throw new AppError(
      'invalid-architecture',
      `"${name}" takes images of ${joined(graph.input)} and gives ${joined(output)} values; the data has images of ${joined(inputShape)} and ${classes} classes.`,
      'Set the input size and the classes of the network to those of the data, or train it at another resolution.',
      { commandLine: 'The command train sets them with --fit.' },
    )
  const genotype: Genotype = { architecture: key }
  const isIt = (given: unknown): boolean =>
    typeof given === 'object' && given !== null && (given as Genotype)['architecture'] === key
  return {
    name: `the network "${name}"`,
    size: () => ({ count: 1, exact: true }),
    parse(json) {
      if (isIt(json)) return genotype
      throw refusedGenotype(`"${name}"`, `the space holds only "${name}" (${key})`)
    },
    random: () => genotype,
    problems: (given) => (isIt(given) ? [] : [`it is not "${name}"`]),
    mutate: () => genotype,
    crossover: () => [genotype, genotype],
    neighbours: () => [],
    distance: () => 0,
    canonicalKey: () => key,
    // Under its own name: a trial's number says nothing about an architecture that has one.
    toDocument: () => document,
    positions: () => 0,
    nameAt(_, position) {
      throw new RangeError(`"${name}" has no places to refill, asked for place ${position}`)
    },
    names: () => [],
    replaceAt: () => undefined,
  }
}
