// gpt-nas check: every problem of an architecture, with its place and its repair; --fix applies the repairs.
import type { Command } from 'commander'
import { BUILT_IN_BLOCKS } from '@shared/architecture/blocks'
import { checkDocument, isSound, repairDocument, type Problem } from '@shared/architecture/checks'
import { documentText, metaOf } from '@shared/architecture/document'
import { ARCHITECTURE_HELP, readArchitecture } from '../architectures'
import { runLocally, withJsonOption } from '../command'
import { writeNewText } from '../files'
import { EXIT } from '../output'

interface CheckOptions {
  readonly json?: boolean
  readonly fix?: string
}

function problemText({ severity, nodeId, message, fix }: Problem): string {
  const place = nodeId === undefined ? '' : ` [${nodeId}]`
  return `${severity}${place}: ${message}${fix === undefined ? '' : `\n  repair: ${fix.title}`}`
}

const problemJson = ({ code, severity, nodeId, edgeId, message, fix }: Problem) => ({
  code,
  severity,
  nodeId: nodeId ?? null,
  edgeId: edgeId ?? null,
  message,
  repair: fix?.title ?? null,
})

export function checkCommand(program: Command): void {
  withJsonOption(
    program
      .command('check <file>')
      .description(`problems of an architecture (${ARCHITECTURE_HELP}); exit code 1 when it cannot be trained`)
      .option('--fix <out>', 'apply the repairs of errors and warnings and write the result to this new file'),
  ).action((file: string, options: CheckOptions) =>
    runLocally(options, async (output) => {
      const given = await readArchitecture(file)
      const document = options.fix === undefined ? given : repairDocument(given, BUILT_IN_BLOCKS)
      if (options.fix !== undefined) await writeNewText(options.fix, documentText(document))
      const problems = checkDocument(document, BUILT_IN_BLOCKS)
      const { name } = metaOf(document)
      const isTrainable = isSound(problems)
      const verdict =
        problems.length === 0
          ? `"${name}" has no problems.`
          : `"${name}" has ${problems.length} problem${problems.length === 1 ? '' : 's'}${isTrainable ? ', none of which keeps it from being trained' : ''}.`
      output.result(
        { name, isTrainable, problems: problems.map(problemJson), written: options.fix ?? null },
        [...problems.map(problemText), verdict].join('\n'),
      )
      return isTrainable ? EXIT.ok : EXIT.failed
    }),
  )
}
