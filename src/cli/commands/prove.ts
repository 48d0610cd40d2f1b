// gpt-nas prove: compares an export that lies somewhere with the trial it was made of, anew.
import type { Command } from 'commander'
import type { Export } from '@shared/contract/exports'
import { AppError } from '@shared/errors'
import { absolutePlace } from '@node/safe-target'
import { runCommand, withCommonOptions, type CommonOptions } from '../command'
import { EXIT } from '../output'
import { ALL_TEST_IMAGES, proofText } from './export'

export function proveCommand(program: Command): void {
  withCommonOptions(
    program
      .command('prove <place>')
      .description('compare an export (its folder, or a file in it) with the network it was made of')
      .option(...ALL_TEST_IMAGES),
  ).action((place: string, options: CommonOptions & { readonly allTestImages?: boolean }) =>
    runCommand(options, async ({ client, output }) => {
      let proven: Export | null = null
      const wish = { folder: absolutePlace(place, 'folder'), allImages: options.allTestImages === true }
      for await (const progress of await client.exports.prove(wish)) {
        output.note(progress.message)
        proven = progress.result ?? proven
      }
      if (proven?.proof == null) throw new AppError('internal', 'The proof ended without a result.')
      output.result(proven, [proven.folder, ...proofText(proven.proof)].join('\n'))
      return proven.proof.passed ? EXIT.ok : EXIT.failed
    }),
  )
}
