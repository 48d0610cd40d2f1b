// How many epochs a run may train: a training begins only where all of its epochs have room, so that none is given up half way; under
// successive halving that is what is left to its next rung, an epoch on a part of the images counting as that part (decision 191). Which
// trainings begin depends on results in trial order alone, however many train at once (docs/rules.md#order); with rungs it depends on who
// was promoted when.
import type { RunDefinition } from '@shared/search/run'
import { costOfReached, costOfRung } from '@shared/search/rung-images'
import { climbs, halvingOf, rungOf, type Halving } from '@shared/search/rungs'
import { countEpochs, countEpochsOfEnded } from '../storage/epochs'
import type { Reader } from '../storage/schema'
import { listTrials, type TrialRecord } from '../storage/trials'

type Budgeted = Pick<TrialRecord, 'id' | 'fidelity' | 'origin'>

/** Shares of epochs add up to a whole number but for their rounding. */
const ROUNDING = 1e-6

export class EpochBudget {
  /** Epochs of trainings that are under way. */
  private reserved = 0
  private trainings = 0
  private isFull = false
  private decisions: Promise<boolean> = Promise.resolve(true)
  private wake: () => void = () => undefined

  /**
   * @param spent epochs of trainings that are over, or have reached a rung
   * @param most of all trainings together; null has no limit
   * @param whole epochs of a training that runs to its end
   */
  private constructor(
    private readonly db: Reader,
    private spent: number,
    private readonly most: number | null,
    private readonly whole: number,
    private readonly halving: Halving | null,
  ) {}

  static async open(db: Reader, runId: string, definition: RunDefinition): Promise<EpochBudget> {
    const { maxEpochs, recipe } = definition
    const halving = halvingOf(definition)
    let spent = maxEpochs === null ? 0 : await countEpochsOfEnded(db, runId)
    if (maxEpochs !== null && halving !== null)
      for (const trial of await listTrials(db, runId))
        if (trial.state === 'waiting') spent += costOfReached(halving, trial.fidelity.rungs)
    return new EpochBudget(db, spent, maxEpochs, recipe.epochs, halving)
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
  async train(trial: Budgeted, isEnding: () => boolean, training: () => Promise<void>): Promise<void> {
    const { most } = this
    if (most === null) return training()
    const needed = this.neededBy(trial)
    this.decisions = this.decisions.then(() => this.takeRoom(most, needed, isEnding))
    if (!(await this.decisions)) return
    try {
      await training()
      this.spent += Math.max(0, (await countEpochs(this.db, trial.id)) - this.stored(trial))
    } finally {
      this.trainings--
      this.reserved -= needed
      this.wake()
    }
  }

  /** Trained when it last reached a rung, and stored as such. */
  private stored({ fidelity }: Budgeted): number {
    return this.halving === null ? 0 : costOfReached(this.halving, fidelity.rungs)
  }

  private neededBy(trial: Budgeted): number {
    if (this.halving === null || !climbs(trial)) return this.whole
    return costOfRung(this.halving, rungOf(this.halving, trial))
  }

  private async takeRoom(most: number, needed: number, isEnding: () => boolean): Promise<boolean> {
    while (!this.isFull && !isEnding()) {
      if (this.spent + this.reserved + needed <= most + ROUNDING) {
        this.trainings++
        this.reserved += needed
        return true
      }
      if (this.trainings === 0) this.isFull = true
      else await new Promise<void>((resolve) => (this.wake = resolve))
    }
    return false
  }
}
