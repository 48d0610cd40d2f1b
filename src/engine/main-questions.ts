// Questions to main from inside Electron's utility process, answered by number.
import type { EngineToMain, MainToEngine, PlaceUse } from '@shared/transport/supervision'

export interface MainQuestions {
  /** Whether a person picked this place, or a folder above it, for this use. */
  readonly isChosen: (place: string, use: PlaceUse) => Promise<boolean>
  /** Whether a person said in a dialog of main's that this command may be started. @param command its key */
  readonly isConfirmed: (command: string) => Promise<boolean>
  /** Takes main's answers; other messages are ignored. */
  receive(message: MainToEngine): void
}

/** @param send posts to main over the engine's parent port */
export function mainQuestions(send: (message: EngineToMain) => void): MainQuestions {
  const open = new Map<number, (isChosen: boolean) => void>()
  let lastId = 0
  const ask = (question: (id: number) => EngineToMain): Promise<boolean> =>
    new Promise((resolve) => {
      const id = ++lastId
      open.set(id, resolve)
      send(question(id))
    })
  return {
    isChosen: (place, use) => ask((id) => ({ type: 'is-chosen', id, place, use })),
    isConfirmed: (command) => ask((id) => ({ type: 'is-confirmed', id, command })),
    receive: (message) => {
      if (message.type !== 'chosen') return
      open.get(message.id)?.(message.isChosen)
      open.delete(message.id)
    },
  }
}
