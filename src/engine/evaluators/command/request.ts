// What a program of the user's is told of an architecture: one JSON object, `gptnas-evaluation/1` (docs/command.md). Everything in it
// is derived from the trial, so that a second start is told the same.
import type { BlockLibrary } from '@shared/architecture/block'
import { prepareStored } from '@shared/architecture/prepared'
import type { Space } from '@shared/spaces/space'
import type { RunRecord } from '../../storage/runs'
import type { TrialRecord } from '../../storage/trials'

export interface RequestFacts {
  readonly space: Space
  readonly library: BlockLibrary
}

export function requestOf(
  { space, library }: RequestFacts,
  { number, definition }: RunRecord,
  trial: TrialRecord,
  document: unknown,
) {
  const genotype = space.parse(trial.genotype)
  const architecture = document === null ? null : prepareStored(document, library)
  return {
    format: 'gptnas-evaluation/1',
    run: { number, name: definition.name, seed: definition.seed },
    trial: trial.number,
    /** 0, or which other seed a confirmation is to be evaluated with. */
    repeatSeed: trial.origin.confirms?.seed ?? 0,
    space: space.name,
    /** What stands at each place of the space, in its order. */
    names: Array.from({ length: space.positions(genotype) }, (_, position) => space.nameAt(genotype, position)),
    genotype,
    /** Equal for equal architectures. */
    key: space.canonicalKey(genotype),
    parameters: trial.parameters,
    macs: trial.macs,
    /** The network layer by layer in topological order, blocks spelled out; null where the space has only words. */
    graph: architecture && {
      input: architecture.graph.input,
      layers: architecture.graph.nodes.map((layer) => ({ ...layer, shape: architecture.shapes.get(layer.id) })),
      output: architecture.graph.output,
    },
    /** As the workbench stores and opens it. */
    document,
  }
}
