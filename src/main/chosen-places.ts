// What a person picked or allowed in a dialog since the program started. Only main knows it for certain: a page can name anything, and an engine
// that was restarted has forgotten. Knows nothing of Electron.
import { isWithin, realPlace } from '@node/real-place'

export interface ChosenPlaces {
  /** @returns the path as it came, for whoever asked the dialog */
  add(place: string): Promise<string>
  /** Whether it is a chosen place or lies in one. @param place absolute, without links */
  covers(place: string): boolean
  /** The person has read this command and allowed it. @param command its key */
  confirm(command: string): void
  isConfirmed(command: string): boolean
}

export function createChosenPlaces(): ChosenPlaces {
  const places = new Set<string>()
  const commands = new Set<string>()
  return {
    add: async (place) => {
      places.add(await realPlace(place))
      return place
    },
    covers: (place) => [...places].some((chosen) => isWithin(chosen, place)),
    confirm: (command) => void commands.add(command),
    isConfirmed: (command) => commands.has(command),
  }
}
