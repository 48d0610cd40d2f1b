// gpt-nas cost: parameters, multiply-accumulates, memory and receptive field of an architecture, per layer and in all.
import type { Command } from 'commander'
import { BUILT_IN_BLOCKS } from '@shared/architecture/blocks'
import { metaOf } from '@shared/architecture/document'
import { prepareArchitecture } from '@shared/architecture/prepared'
import { required } from '@shared/required'
import { ARCHITECTURE_HELP, readArchitecture } from '../architectures'
import { runLocally, withJsonOption } from '../command'
import { bytes, count, table } from '../format'

export function costCommand(program: Command): void {
  withJsonOption(
    program.command('cost <file>').description(`what an architecture costs, layer by layer (${ARCHITECTURE_HELP})`),
  ).action((file: string, options: { json?: boolean }) =>
    runLocally(options, async (output) => {
      const document = await readArchitecture(file)
      const { name } = metaOf(document)
      const { graph, shapes, nodeOf, cost } = prepareArchitecture(document, BUILT_IN_BLOCKS)
      const { layers, activations, weightsBytes, receptiveField, ...total } = cost
      const list = graph.nodes.map(({ id, kind }) => ({
        id,
        node: nodeOf.get(id) ?? id,
        kind,
        shape: required(shapes, id, 'shape'),
        ...required(layers, id, 'layer'),
      }))
      const rows = list.map((layer) => [
        layer.id,
        layer.kind,
        layer.shape.join('x'),
        count(layer.parameters),
        count(layer.macs),
        bytes(layer.outputBytes),
        layer.receptiveField.join('x'),
      ])
      const { parameters, statistics, macs } = total
      output.result(
        { name, input: graph.input, total: { ...total, weightsBytes, ...activations, receptiveField }, layers: list },
        [
          table(['Layer', 'Kind', '>Output', '>Parameters', '>MACs', '>Memory', '>Field'], rows),
          '',
          `"${name}" for one image of ${graph.input.join('x')}:`,
          `${parameters.toLocaleString('en')} parameters and ${statistics.toLocaleString('en')} statistics, ${bytes(weightsBytes)} of weights`,
          `${macs.toLocaleString('en')} multiply-accumulates`,
          `${bytes(activations.inferencePeakBytes)} of activations to predict, ${bytes(activations.trainingBytes)} to train`,
          `Receptive field ${receptiveField.join('x')}`,
        ].join('\n'),
      )
    }),
  )
}
