// Implements the data-set service.
import { implement } from '@orpc/server'
import { datasetsContract } from '@shared/contract/datasets'
import type { Services } from './services'
import { untilClosing } from './until-closing'

export function datasetsService({ datasets, closing }: Services) {
  const os = implement(datasetsContract)
  return os.router({
    list: os.list.handler(() => datasets.list()),
    get: os.get.handler(({ input, signal }) =>
      untilClosing(closing, signal, (ended) => datasets.get(input.name, ended, input.resolution, input.from)),
    ),
    recognise: os.recognise.handler(({ input }) => datasets.recognise(input)),
    import: os.import.handler(({ input, signal }) =>
      untilClosing(closing, signal, (ended) => datasets.import(input, ended)),
    ),
    inspect: os.inspect.handler(({ input }) => datasets.inspect(input.name)),
    remove: os.remove.handler(async ({ input }) => {
      await datasets.remove(input.name, input.resolution)
      return {}
    }),
    check: os.check.handler(({ input }) => datasets.check(input.name)),
    preview: os.preview.handler(({ input }) => datasets.preview(input.name, input.count, input.seed)),
  })
}
