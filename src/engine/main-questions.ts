// Questions to main from inside Electron's utility process, answered by number.
import type { EngineToMain, MainToEngine } from '@shared/transport/supervision'

export interface MainQuestions {
  /** Whether a dialog of main's returned this place, or a folder above it. */
  readonly isChosen: (place: string) => Promise<boolean>
  /** Takes main's answers; other messages are ignored. */
  receive(message: MainToEngine): void
}

/** @param send posts to main over the engine's parent port */
export function mainQuestions(send: (message: EngineToMain) => void): MainQuestions {
  const open = new Map<number, (isChosen: boolean) => void>()
  let lastId = 0
  return {
    isChosen: (place) =>
      new Promise((resolve) => {
        const id = ++lastId
        open.set(id, resolve)
        send({ type: 'is-chosen', id, place })
      }),
    receive: (message) => {
      if (message.type !== 'chosen') return
      open.get(message.id)?.(message.isChosen)
      open.delete(message.id)
    },
  }
}
