// Installing and taking up, behind a window that is in use already, the build that set-up found a card for (scripts/setup/cards.mjs).
import { AppError } from '@shared/errors'
import { BUILD_IDS, type BuildId } from '@shared/runtime/tensorflow-builds'
import { delay } from '@node/waiting'
import { refuseWhileSearching } from './devices'
import type { Services } from './services'

/** Names the build; `asked` behind it where a person named it, and not a card. */
export const INSTALL_VARIABLE = 'GPTNAS_INSTALL_RUNTIME'
/** How often it is looked whether nothing trains: jobs take seconds to hours. */
const IDLE_EVERY_MS = 15_000

export interface AtStart {
  readonly id: BuildId
  readonly isAsked: boolean
}

/** What set-up wants to be installed; undefined for nothing. */
export function wantedAtStart(env: Readonly<Record<string, string | undefined>>): AtStart | undefined {
  const [name, word] = (env[INSTALL_VARIABLE] ?? '').split(' ')
  const id = BUILD_IDS.find((known) => known === name)
  return id === undefined ? undefined : { id, isAsked: word === 'asked' }
}

/**
 * Settles when the build is in use, or is not wanted. An earlier choice of the user's stays, unless the build was asked for by name.
 * @throws AppError as an installation and a choice do, `cancelled` where somebody cancelled it
 */
export async function takeUpAtStart(
  services: Services,
  { id, isAsked }: AtStart,
  everyMs = IDLE_EVERY_MS,
): Promise<void> {
  const { runtimes, devices, closing } = services
  const { chosenBy, runtimes: builds } = await runtimes.view()
  const isChosen = builds.some((build) => build.id === id && build.isChosen && build.state === 'installed')
  if (isChosen || chosenBy === 'environment' || (chosenBy === 'user' && !isAsked)) return
  for await (const _event of runtimes.install({ id, from: [], index: null }, closing)) continue
  while (!closing.aborted) {
    try {
      // Not in the middle of a run, whose trials are to be alike.
      await refuseWhileSearching(services)
      if ((await runtimes.view()).chosenBy === 'default' || isAsked) await runtimes.choose(id, () => devices.reread())
      return
    } catch (thrown) {
      if (!(thrown instanceof AppError && thrown.code === 'conflict')) throw thrown
    }
    await delay(everyMs, closing)
  }
}
