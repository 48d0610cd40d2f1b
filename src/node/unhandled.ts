// A promise that failed and that nobody waited for: a fault of ours, told and survived. Node would end the process, and with it a
// search that has nothing to do with it. An exception outside a promise still ends a process: what it left half done is unknown.

/** @param report is called with what the promise was rejected with; it must not throw */
export function surviveUnhandledRejections(report: (thrown: unknown) => void): void {
  process.on('unhandledRejection', report)
}

/** A fault in words for a log: with its stack where it has one. */
export const faultText = (thrown: unknown): string =>
  thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
