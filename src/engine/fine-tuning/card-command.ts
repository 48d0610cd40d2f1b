// The command that makes a fine-tuned checkpoint again, as its card tells it on whatever machine it is read.

interface FineTuningWords {
  readonly name: string
  readonly base: string
  readonly seed: number
  readonly steps: number
  /** Numbers of runs; null for all of them. */
  readonly wanted: readonly (number | string)[] | null
  readonly shuffleLabels: boolean
}

export function cardCommand({ name, base, seed, steps, wanted, shuffleLabels }: FineTuningWords): string {
  const runs = wanted === null ? '' : ` --runs ${wanted.join()}`
  const control = shuffleLabels ? ' --shuffle-labels' : ''
  return `gpt-nas proposer finetune ${name} --base ${base} --seed ${seed} --steps ${steps}${runs}${control}`
}
