// Implements the runtimes service: installing, choosing and removing builds of TensorFlow, with the computes following the choice.
import { implement } from '@orpc/server'
import { runtimesContract } from '@shared/contract/runtimes'
import { checkNamed } from './runtime-checks'
import { refuseWhileSearching } from './devices'
import type { Services } from './services'
import { untilClosing } from './until-closing'

export function runtimesService(services: Services) {
  const { runtimes, devices, closing } = services
  const os = implement(runtimesContract)
  return os.router({
    list: os.list.handler(() => runtimes.view()),
    install: os.install.handler(({ input, signal }) =>
      untilClosing(closing, signal, (ended) => runtimes.install(input, ended)),
    ),
    cancel: os.cancel.handler(async () => {
      await runtimes.cancel()
      return runtimes.view()
    }),
    choose: os.choose.handler(async ({ input }) => {
      await refuseWhileSearching(services)
      await runtimes.choose(input.id, () => devices.reread())
      return runtimes.view()
    }),
    remove: os.remove.handler(async ({ input }) => {
      await runtimes.remove(input.id)
      return runtimes.view()
    }),
    check: os.check.handler(({ input, signal }) =>
      untilClosing(closing, signal, (ended) => checkNamed(services, input, ended)),
    ),
    pack: os.pack.handler(({ input, signal }) =>
      untilClosing(closing, signal, (ended) => runtimes.pack(input.id, input.file, ended)),
    ),
  })
}
