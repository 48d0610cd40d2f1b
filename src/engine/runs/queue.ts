// What waits in a run, handed to whoever evaluates: in trial order, or in the order a person gave it; equal architectures one after the
// other. It is read anew for each, so that what is put in or moved meanwhile counts.
import type { Store } from '../storage/store'
import { listQueue } from '../storage/trial-queue'
import { getTrial, listTrials, type TrialRecord } from '../storage/trials'
import { heldBack } from './halving'
import type { Steering } from './steering'

const NOTHING_HELD = { ids: new Set<number>(), keys: new Set<string>() }

export class TrialQueue {
  private readonly begun = new Set<number>()
  private readonly busy = new Set<string>()
  private taking: Promise<unknown> = Promise.resolve()
  private wake: () => void = () => undefined
  private changed = new Promise<void>((resolve) => (this.wake = resolve))
  private readonly forget: () => void

  constructor(
    private readonly store: Pick<Store, 'db'>,
    private readonly runId: string,
    steering: Steering,
    /** Under successive halving: promotes the trial whose turn it is, which comes before all that waits. */
    private readonly promote?: () => Promise<TrialRecord | undefined>,
  ) {
    this.forget = steering.onChange(() => this.tell())
  }

  /**
   * The next one that is of no architecture under evaluation; waits for one while others are.
   * @param isEnding asked again after waiting
   * @returns undefined when nothing is left, or the run ends
   */
  take(isEnding: () => boolean): Promise<TrialRecord | undefined> {
    const taken = this.taking.then(() => this.next(isEnding))
    this.taking = taken.catch(() => undefined)
    return taken
  }

  /** It has its result, or waits for the run to go on. */
  release({ evaluationKey }: TrialRecord): void {
    this.busy.delete(evaluationKey)
    this.tell()
  }

  close(): void {
    this.forget()
  }

  private tell(): void {
    const { wake } = this
    this.changed = new Promise<void>((resolve) => (this.wake = resolve))
    wake()
  }

  private async next(isEnding: () => boolean): Promise<TrialRecord | undefined> {
    for (;;) {
      if (isEnding()) return undefined
      const { changed } = this
      const rows = await listQueue(this.store.db, this.runId)
      const promoted = await this.promote?.()
      if (promoted !== undefined) {
        this.busy.add(promoted.evaluationKey)
        return promoted
      }
      const { ids, keys } =
        this.promote === undefined ? NOTHING_HELD : heldBack(await listTrials(this.store.db, this.runId))
      const found = rows.find(
        ({ id, evaluationKey }) =>
          !this.begun.has(id) && !this.busy.has(evaluationKey) && !ids.has(id) && !keys.has(evaluationKey),
      )
      if (found !== undefined) {
        this.begun.add(found.id)
        this.busy.add(found.evaluationKey)
        return getTrial(this.store.db, found.id)
      }
      if (this.busy.size === 0) return undefined
      await changed
    }
  }
}
