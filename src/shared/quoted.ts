// What came from outside, inside a message: as short as a message needs, and with what would move a cursor or hide text shown.

/** Letters that are quoted; enough to know a line again. */
const LONGEST = 100

/** `text` in quotation marks, cut and with its control characters as escapes: "a\u001b[2Jb…". */
export function quoted(text: string): string {
  return shownText(JSON.stringify(cutText(text)))
}

/** `value` as JSON, cut alike; "nothing" where it has none. */
export function quotedValue(value: unknown): string {
  if (typeof value === 'string') return quoted(value)
  const json: string | undefined = JSON.stringify(value)
  return json === undefined ? 'nothing' : shownText(cutText(json))
}

/** The place of a value in a file, whose keys came with it: cut and shown as `quoted`, without its marks. */
export const shownPlace = (place: string): string => shownText(escaped(cutText(place)))

/** What another reader says of the content, which it repeats: as long as three quotations. */
export const shownReason = (reason: string): string => shownText(escaped(cutText(reason, 3 * LONGEST)))

/** A quotation with its marks; a mark inside is escaped. */
const QUOTATION = /"((?:[^"\\]|\\.)*)"/gs
/** Not cut: half a path leads nowhere, and no system takes one without an end. */
const PATH = /^(\/|[A-Za-z]:[\\/])/

/**
 * A message whose quotations are no longer than `quoted` leaves them. Errors apply it to themselves, so that a name which came with a
 * file does not fill a screen where somebody forgot `quoted`.
 */
export const withCutQuotations = (message: string): string =>
  message.replace(QUOTATION, (whole, inner: string) =>
    inner.length <= LONGEST || inner.endsWith('…') || PATH.test(inner) ? whole : `"${cutText(inner)}"`,
  )

/** Names that are listed before "and 7 more". */
const MOST_NAMES = 10

/** Names of things of which there may be any number, each cut and shown as `quoted`, without marks: "a, b and 7 more". */
export function shownNames(names: readonly string[], most = MOST_NAMES): string {
  const shown = names.slice(0, most).map(shownPlace)
  const left = names.length - shown.length
  return left > 0 ? `${shown.join(', ')} and ${left} more` : shown.join(', ')
}

const cutText = (text: string, longest = LONGEST): string =>
  text.length > longest ? `${text.slice(0, longest)}…` : text

const escaped = (text: string): string =>
  JSON.stringify(text)
    .slice(1, -1)
    .replace(/\\(["\\])/g, '$1')

function shownText(text: string): string {
  return text.replace(
    /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
