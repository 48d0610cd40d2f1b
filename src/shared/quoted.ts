// What came from outside, inside a message: as short as a message needs, and with what would move a cursor or hide text shown.

/** Letters that are quoted; enough to know a line again. */
const LONGEST = 100

/** `text` in quotation marks, cut and with its control characters as escapes: "a\u001b[2Jb…". */
export function quoted(text: string): string {
  const cut = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
  return JSON.stringify(cut).replace(
    /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
