// What every step of the first run is given.
import type { Task } from '@/api/use-task'
import type { DoctorReport } from '@shared/contract/runtime'

/** The look at the machine: the first step takes it, the second goes by the cards that it found. */
export type MachineLook = Task<[], DoctorReport>

export interface StepProps {
  /** "First steps, 1 of 4: This machine." */
  readonly title: string
  readonly look: MachineLook
}
