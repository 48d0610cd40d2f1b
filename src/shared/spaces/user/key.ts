// The key of an architecture in a user-defined space: the choice indices as text, one digit a position, joined by `-` when any
// position has more than ten choices. Genotypes hold it and the key column of tables is written in it.
import type { SpacePosition } from './space-file'
import { quoted } from '../../quoted'

/** Most choices that one digit can tell apart. */
const ONE_DIGIT = 10

export interface KeyCodec {
  /** Joined by `-`? */
  readonly isJoined: boolean
  write(choices: readonly number[]): string
  /** The choice indices, or what is wrong with the text. */
  read(text: string): readonly number[] | { readonly reason: string }
}

export const isRead = (result: ReturnType<KeyCodec['read']>): result is readonly number[] => Array.isArray(result)

export function createKeyCodec(positions: readonly SpacePosition[]): KeyCodec {
  const isJoined = positions.some(({ choices }) => choices.length > ONE_DIGIT)
  const separator = isJoined ? '-' : ''
  const counts = positions.map(({ choices }) => choices.length)
  return {
    isJoined,
    write: (choices) => choices.join(separator),
    read: (text) => {
      const parts = text.split(separator)
      if (parts.length !== counts.length) {
        const hint = !isJoined && /^\d+$/.test(text) && parts.length < counts.length
        return {
          reason: `${quoted(text)} has ${parts.length} ${isJoined ? 'numbers' : 'digits'}, expected ${counts.length}${
            hint ? ' (were leading zeros lost in a spreadsheet?)' : ''
          }`,
        }
      }
      const choices: number[] = []
      for (const [i, part] of parts.entries()) {
        // No sign, no leading zero: an architecture has one key.
        const choice = /^(0|[1-9]\d{0,3})$/.test(part) ? Number(part) : -1
        if (choice < 0 || choice >= counts[i]!)
          return {
            reason: `${quoted(text)} has ${quoted(part)} for position ${positions[i]!.name}, expected 0 to ${counts[i]! - 1}`,
          }
        choices.push(choice)
      }
      return choices
    },
  }
}
