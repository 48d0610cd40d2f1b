// What a person picked or allowed since the program started. Only main knows it for certain: a page can name anything, and an engine that
// was restarted has forgotten. What came from a dialog of main's may be read and written; what was dropped on a page is told by that page's
// own process, so it may be read alone (decision 148). Knows nothing of Electron.
import type { PlaceUse } from '@shared/transport/supervision'
import { isWithin, realPlace } from '@node/real-place'

export interface ChosenPlaces {
  /** A dialog of main's returned it. @returns the path as it came, for whoever asked the dialog */
  add(place: string): Promise<string>
  /** A page says that it was dropped on it. @returns the path as it came */
  addDropped(place: string): Promise<string>
  /** Whether it is a place chosen for this use or lies in one. @param place absolute, without links */
  covers(place: string, use: PlaceUse): boolean
  /** The person has read this command and allowed it. @param command its key */
  confirm(command: string): void
  isConfirmed(command: string): boolean
}

export function createChosenPlaces(): ChosenPlaces {
  const returned = new Set<string>()
  const dropped = new Set<string>()
  const commands = new Set<string>()
  const hold = async (places: Set<string>, place: string): Promise<string> => {
    places.add(await realPlace(place))
    return place
  }
  return {
    add: (place) => hold(returned, place),
    addDropped: (place) => hold(dropped, place),
    covers: (place, use) => [...returned, ...(use === 'read' ? dropped : [])].some((chosen) => isWithin(chosen, place)),
    confirm: (command) => void commands.add(command),
    isConfirmed: (command) => commands.has(command),
  }
}
