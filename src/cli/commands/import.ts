// gpt-nas import: a network from another program as a design of ours, which the editor opens, a search starts from, and "train" trains.
import type { Command } from 'commander'
import { documentText } from '@shared/architecture/document'
import { problemLines } from '@shared/exchange/onnx/design-from-onnx'
import { readArchitecture, readOnnx } from '../architectures'
import { runLocally, withJsonOption } from '../command'
import { writeNewText } from '../files'

interface Typed {
  readonly json?: boolean
  readonly partial?: boolean
}

export function importCommand(program: Command): void {
  withJsonOption(
    program
      .command('import <file> <design>')
      .description('take the layers of a network over into a design (.gptnas.json): an .onnx file, or an export')
      .option('--partial', 'also where some operators are no layers here: each becomes an identity, and is listed'),
  ).action((file: string, design: string, { partial, ...options }: Typed) =>
    runLocally(options, async (output) => {
      const isOnnx = file.toLowerCase().endsWith('.onnx')
      // Without --partial every operator must be a layer: reading it as an architecture says which are not.
      const imported =
        isOnnx && partial === true ? readOnnx(file) : { document: readArchitecture(file), problems: [], notes: [] }
      const { document, problems } = imported
      const notes = isOnnx && partial !== true ? readOnnx(file).notes : imported.notes
      await writeNewText(design, documentText(document))
      output.result(
        { design, problems, notes },
        [
          `Wrote ${design}: the layers, without weights.`,
          ...problemLines(problems).map((line) => `An identity stands for ${line}`),
          ...notes,
        ].join('\n'),
      )
    }),
  )
}
