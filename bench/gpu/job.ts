// What a child of bench:gpu is asked, as JSON on its standard input.
import type { Precision } from '../../src/shared/search/recipe'
import type { Part } from '../kernels/audit'
import type { StepJob } from '../train/steps'

export type GpuJob =
  | { readonly part: 'self-check' }
  | { readonly part: 'kernels'; readonly parts: readonly Part[]; readonly isQuick: boolean }
  | { readonly part: 'curves'; readonly steps: number; readonly precisions: readonly Precision[] }
  | { readonly part: 'steps'; readonly step: StepJob }
  | { readonly part: 'cycles'; readonly cycles: number }
