// How a going run is told to end: hold at the next checkpoint, or let go at once. The first reason that lets go wins.

/** Why a run leaves its loop while there is something to do. */
export type EndReason = 'pause' | 'stop' | 'close' | 'time'

export class RunControl {
  private readonly controller = new AbortController()
  private reasonNow: EndReason | undefined

  /** Fires when everything is to be let go at once. */
  readonly signal = this.controller.signal

  get reason(): EndReason | undefined {
    return this.reasonNow
  }

  /** Trials stop at their next checkpoint and nothing new begins. */
  get isEnding(): boolean {
    return this.reasonNow !== undefined
  }

  /** A later stop or close overrides a pause; nothing overrides those. */
  end(reason: EndReason): void {
    if (this.reasonNow === 'stop' || this.reasonNow === 'close') return
    this.reasonNow = reason
    if (reason === 'stop' || reason === 'close') this.controller.abort()
  }

  /** Lets go because the run has failed; the reason is the error. */
  abandon(): void {
    this.controller.abort()
  }
}
