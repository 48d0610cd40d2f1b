// What `dataset get` and `dataset import` print while they run.
import type { DatasetProgress } from '@shared/contract/datasets'
import type { CommandContext } from '../command'
import { bar, percent } from '../format'

export async function showProgress(
  { output }: Pick<CommandContext, 'output'>,
  name: string,
  steps: AsyncIterable<DatasetProgress>,
): Promise<void> {
  let stage = ''
  for await (const progress of steps) {
    // What is found is said while the files are checked: before anything is written.
    const told = progress.stage === 'checking' ? progress.message : progress.stage
    if (told !== stage) {
      stage = told
      output.note(`${name}: ${progress.message}`)
    }
    if (progress.fraction !== null)
      output.live([`${bar(progress.fraction)} ${percent(progress.fraction)}  ${progress.message}`])
  }
}
