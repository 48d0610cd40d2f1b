// The self-check of a runtime as somebody asks for it: the computes rest meanwhile, what is found is remembered, and acted on where it is
// the runtime in use. The check itself is benchmark/runtime-check.
import type { RuntimeCheck } from '@shared/contract/runtime-check'
import type { RuntimeCheckEvent } from '@shared/contract/runtimes'
import type { BuildId } from '@shared/runtime/tensorflow-builds'
import { AppError } from '@shared/errors'
import { typed } from '@node/command-line'
import { checkRuntime } from '../benchmark/runtime-check'
import { cardAnswer } from '../executors/card-proof'
import type { ProcessStarter } from '../executors/process-starter'
import { tensorflowBuild } from '../machine/tensorflow-build'
import { bindingEnvironment } from '../runtimes/active'
import { streamOfWork } from '../stream-of-work'
import { refuseWhileSearching, whileHolding } from './devices'
import type { Services } from './services'

interface Wish {
  readonly id: BuildId | null
  readonly files: boolean
}

/** The key of a check of a build that need not be the one in use. */
const keyFor = (fingerprint: string, inUse: string, checked: string): string => fingerprint.replace(inUse, checked)

export async function* checkNamed(
  services: Services,
  { id, files }: Wish,
  signal: AbortSignal,
): AsyncGenerator<RuntimeCheckEvent, void, void> {
  const { runtimes, devices, pool, startProcess } = services
  await refuseWhileSearching(services)
  const active = await runtimes.active()
  const build = runtimes.build(id ?? active.id)
  if (files) await refuseDamagedFiles(services, build.id, signal)
  const binding = build.id === active.id ? active.binding : await runtimes.binding(build.id)
  const start: ProcessStarter = (kind, env) => startProcess(kind, { ...bindingEnvironment(binding), ...env })
  const { fingerprint, key: machine } = devices.machine
  const key = keyFor(fingerprint, machine.tensorflowBuild, await tensorflowBuild(binding ?? undefined))
  let result: RuntimeCheck | undefined
  const open = (ended: AbortSignal): AsyncGenerator<RuntimeCheckEvent, void, void> =>
    streamOfWork<RuntimeCheckEvent>(async (emit, stopped) => {
      const card = build.cuda === null ? null : devices.cardEnvironment()
      const onStep = (step: RuntimeCheck['steps'][number]): void => emit({ type: 'step', step })
      result = await checkRuntime({ start, key, card, isForCards: build.cuda !== null, signal: stopped, onStep })
    }, ended)
  yield* whileHolding(pool, open, signal)
  if (result === undefined) return
  await devices.store.keepCheck(result)
  if (build.id === active.id && devices.machine.found.length > 0) {
    const { isSettled, ...answer } = cardAnswer(result)
    if (isSettled) await devices.store.keepUsesGpu(fingerprint, answer)
    await devices.reread()
  }
  yield { type: 'finished', id: build.id, check: result }
}

async function refuseDamagedFiles({ runtimes }: Services, id: BuildId, signal: AbortSignal): Promise<void> {
  const damaged = await runtimes.damagedFile(id, signal)
  if (damaged === null) return
  throw new AppError(
    'storage-damaged',
    `${damaged} of the runtime ${id} is not as it was installed.`,
    `Install it again, which keeps what is whole of it: ${typed(`runtime install ${id}`)}, or Runtime in the window.`,
  )
}
