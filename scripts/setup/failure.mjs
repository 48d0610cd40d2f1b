// The one error that set-up shows to a person: what failed, why, and what to do about it.

/** An expected failure of a set-up step. Anything else that is thrown is a bug and keeps its stack. */
export class SetupFailure extends Error {
  /**
   * @param {string} message what failed, with the reason and what was received
   * @param {string} fix what the reader can do, ideally a line to paste
   */
  constructor(message, fix) {
    super(message)
    this.name = 'SetupFailure'
    this.fix = fix
  }
}
