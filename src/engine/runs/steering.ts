// What a person changes of a run while it goes, as its loop sees it: the definition that holds now, a count of changes, so that what
// was proposed before one is not stored after it, and a call for whoever waits for one.
import type { RunDefinition } from '@shared/search/run'

export class Steering {
  private count = 0
  private held: RunDefinition
  private readonly listeners = new Set<() => void>()

  constructor(definition: RunDefinition) {
    this.held = definition
  }

  get definition(): RunDefinition {
    return this.held
  }

  /** Grows with every change. */
  get revision(): number {
    return this.count
  }

  /** Other budgets, rates or rules hold. Call inside the transaction that stores them, so that no proposal comes between. */
  redefine(definition: RunDefinition): void {
    this.held = definition
    this.touch()
  }

  /** Trials came in by hand, or their order is another. */
  touch(): void {
    this.count++
    for (const listener of [...this.listeners]) listener()
  }

  /** @returns ends it */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }
}
