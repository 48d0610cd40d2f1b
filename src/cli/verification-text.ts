// What a replay of a run came to, in sentences.
import type { Run } from '@shared/search/run'
import type { Difference, Verification } from '@shared/search/verification'

const WHAT: Readonly<Record<Difference['what'], string>> = {
  missing: 'is not in the run, but the strategy proposes it',
  extra: 'is in the run, but the strategy proposes none there',
  architecture: 'is another architecture',
  origin: 'came about in another way',
  fitness: 'has another fitness',
  costs: 'has other costs',
  promotion: 'was promoted, though its rung did not say so',
}

const several = (number: number, one: string): string => `${number} ${one}${number === 1 ? '' : 's'}`

export function verificationText({ number }: Pick<Run, 'number'>, verification: Verification): string {
  const { matches, proposals, generations, evaluations, difference } = verification
  const repeated =
    evaluations === null
      ? 'Its stored results were taken as they are: trainings and programs are not repeated.'
      : `Repeated: ${several(evaluations, 'evaluation')}.`
  const compared = `Compared: ${several(proposals, 'proposal')} of ${several(generations, 'generation')}. ${repeated}`
  if (matches || difference === null) return `Run ${number} matches its replay. ${compared}`
  return [
    `Run ${number} drifts from its replay: trial ${difference.trialNumber} of generation ${difference.generation + 1} ${WHAT[difference.what]}.`,
    `  stored:   ${difference.stored}`,
    `  replayed: ${difference.replayed}`,
    compared,
  ].join('\n')
}
