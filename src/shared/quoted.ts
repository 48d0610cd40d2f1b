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
