// How a process ended, in words. Electron reports a kill by the system as code 0 or none, as a clean exit would be: "code 0" would
// claim that all was well.

/** Follows the name of the process: "The engine ended with code 3". */
export function endedText(code: number | null): string {
  return code === null || code === 0 ? 'was ended from outside, or ended without a word' : `ended with code ${code}`
}
