// What set-up tells a person, always on standard error: standard output belongs to the command behind it.
// On a terminal progress rewrites one line; elsewhere it is a plain line now and then.

/** Without a terminal, one progress line per this many milliseconds keeps a log readable. */
const PLAIN_INTERVAL = 5000

/** @param {number} bytes @returns {string} decimal megabytes, as download pages show them */
export const megabytes = (bytes) => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`

/**
 * @param {{ stream?: NodeJS.WritableStream & { isTTY?: boolean }, now?: () => number }} [options]
 */
export function createReporter({ stream = process.stderr, now = Date.now } = {}) {
  let open = false
  let last = 0
  const clear = () => {
    if (open) stream.write('\r\u001b[K')
    open = false
  }
  return {
    /** A full line that stays. */
    line(text) {
      clear()
      stream.write(`${text}\n`)
    },
    /** Progress of the running step; `total` of 0 means unknown. */
    progress(label, done, total) {
      const share = total > 0 ? ` of ${megabytes(total)} (${Math.floor((100 * done) / total)} %)` : ''
      const text = `    ${label} ${megabytes(done)}${share}`
      if (stream.isTTY) {
        clear()
        stream.write(text)
        open = true
      } else if (now() - last >= PLAIN_INTERVAL) {
        last = now()
        stream.write(`${text}\n`)
      }
    },
  }
}
