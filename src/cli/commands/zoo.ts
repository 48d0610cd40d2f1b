// gpt-nas zoo: the 36 networks of the paper's corpus with their counts, one of them as a document.
import { InvalidArgumentError, type Command } from 'commander'
import { costOf } from '@shared/architecture/cost'
import { documentText } from '@shared/architecture/document'
import { zooDocument } from '@shared/architecture/document/zoo-document'
import { ZOO_NAMES, zooNetwork, type ZooOptions } from '@shared/architecture/zoo'
import { runLocally, withJsonOption } from '../command'
import { writeNewText } from '../files'
import { count, table } from '../format'

interface ZooCommandOptions {
  readonly json?: boolean
  readonly input: number
  readonly classes: number
  readonly out?: string
}

function wholeNumber(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('It must be a whole number from 1 on.')
  return value
}

function measured(name: string, options: ZooOptions) {
  const { family, graph } = zooNetwork(name, options)
  const { parameters, macs } = costOf(graph)
  return { name, family, params: parameters, macs, layers: graph.nodes.length }
}

export function zooCommand(program: Command): void {
  withJsonOption(
    program
      .command('zoo [name]')
      .description("the 36 published networks of the paper's corpus: counts, or one as an architecture file")
      .option('--input <pixels>', 'height and width of the image', wholeNumber, 224)
      .option('--classes <number>', 'classes of the data', wholeNumber, 1000)
      .option('--out <file>', 'write the named network as a new architecture file that the editor opens'),
  ).action((name: string | undefined, options: ZooCommandOptions, command: Command) => {
    if (options.out !== undefined && name === undefined) command.error('error: --out needs the name of a network')
    return runLocally(options, async (output) => {
      const settings: ZooOptions = { input: [options.input, options.input, 3], classes: options.classes }
      const networks = (name === undefined ? ZOO_NAMES : [name]).map((wanted) => measured(wanted, settings))
      if (options.out !== undefined) await writeNewText(options.out, documentText(zooDocument(name!, settings)))
      const rows = networks.map(({ family, layers, params, macs, ...network }) => [
        network.name,
        family,
        String(layers),
        params.toLocaleString('en'),
        count(macs),
      ])
      output.result(
        networks.map(({ name: own, params, macs }) => ({ name: own, params, macs })),
        [
          table(['Network', 'Family', '>Layers', '>Parameters', '>MACs'], rows),
          ...(options.out === undefined ? [] : [`Written to ${options.out}`]),
        ].join('\n'),
      )
    })
  })
}
