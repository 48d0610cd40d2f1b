// What the command line says and returns when a run that it followed stands still: the same for a search and for a training.
import type { Run } from '@shared/search/run'
import { RUN_STATE_RULES } from '@shared/search/run-states'
import { typed } from '@node/command-line'
import { EXIT } from './output'

/**
 * How to go on with a run, where it can; null where it has ended or still goes.
 * @param options those of the command that was given, as they are typed, with a space before each
 */
export function resumeAdvice({ number, state }: Pick<Run, 'number' | 'state'>, options = ''): string | null {
  return RUN_STATE_RULES[state].canResume ? `Continue with "${typed(`search resume ${number}${options}`)}".` : null
}

/** The exit code of a command whose run has come to stand in this state. */
export function exitCodeOf({ state, error }: Pick<Run, 'state' | 'error'>): number {
  // Interrupted by an error, as by a full disk, or by the user.
  if (state === 'failed' || error !== null) return EXIT.failed
  return RUN_STATE_RULES[state].isOver ? EXIT.ok : EXIT.interrupted
}
