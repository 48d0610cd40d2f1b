// Text for a terminal. Names of runs, files and classes come from anywhere: what would move the cursor, colour what follows or forge a
// line is shown as its escape instead of being obeyed.

/** C0 but tab and line feed, DEL, C1, and the marks that turn the direction of what follows or begin a line of their own. */
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g

const escaped = (one: string): string => {
  const code = one.charCodeAt(0).toString(16)
  return code.length > 2 ? `\\u${code.padStart(4, '0')}` : `\\x${code.padStart(2, '0')}`
}

/** Several lines as they are, with their control characters shown. */
export const plainText = (text: string): string => text.replace(CONTROL, escaped)

/** JSON as `JSON.stringify` writes it, which leaves some of them raw: as escapes of JSON, so that it means the same. */
export const plainJson = (json: string): string =>
  json.replace(CONTROL, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** One line: a line feed in it is shown as well, since it would begin a line that nobody wrote. */
export const plainLine = (text: string): string => plainText(text).replace(/\n/g, '\\n')
