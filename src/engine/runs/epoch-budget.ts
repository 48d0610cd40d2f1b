// How many epochs a run may train: a training begins only where all of its epochs have room, so that none is given up half way.
// Which trainings begin depends on results in trial order alone, however many train at once (docs/rules.md#order).
import type { RunDefinition } from '@shared/search/run'
import { countEpochs, countEpochsOfEnded } from '../storage/epochs'
import type { Reader } from '../storage/schema'

export class EpochBudget {
  private trainings = 0
  private isFull = false
  private decisions: Promise<boolean> = Promise.resolve(true)
  private wake: () => void = () => undefined

  /**
   * @param spent epochs of trainings that are over
   * @param most of all trainings together; null has no limit
   * @param each of a training that runs to its end
   */
  private constructor(
    private readonly db: Reader,
    private spent: number,
    private readonly most: number | null,
    private readonly each: number,
  ) {}

  static async open(db: Reader, runId: string, { maxEpochs, recipe }: RunDefinition): Promise<EpochBudget> {
    const spent = maxEpochs === null ? 0 : await countEpochsOfEnded(db, runId)
    return new EpochBudget(db, spent, maxEpochs, recipe.epochs)
  }

  /** There was no room for a training. */
  get isUsedUp(): boolean {
    return this.isFull
  }

  /**
   * Trains a trial where there is room. Call in trial order: where room depends on how many epochs earlier trials need in the end,
   * it waits for them.
   * @param isEnding asked again after waiting: a run that ends begins nothing
   */
  async train(trialId: number, isEnding: () => boolean, training: () => Promise<void>): Promise<void> {
    if (this.most === null) return training()
    this.decisions = this.decisions.then(() => this.takeRoom(this.most ?? 0, isEnding))
    if (!(await this.decisions)) return
    try {
      await training()
      this.spent += await countEpochs(this.db, trialId)
    } finally {
      this.trainings--
      this.wake()
    }
  }

  private async takeRoom(most: number, isEnding: () => boolean): Promise<boolean> {
    while (!this.isFull && !isEnding()) {
      if (this.spent + (this.trainings + 1) * this.each <= most) {
        this.trainings++
        return true
      }
      if (this.trainings === 0) this.isFull = true
      else await new Promise<void>((resolve) => (this.wake = resolve))
    }
    return false
  }
}
