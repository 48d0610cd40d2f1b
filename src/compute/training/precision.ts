// What a recipe's precision comes to on this device: mixed precision where the start-up self-check proved it, float32 with a
// notice elsewhere (docs/decisions/033).
import { selfCheckOf } from '@shared/runtime/compute-environment'
import type { Precision } from '@shared/search/recipe'
import { runtimeVersions, type RuntimeVersions } from '../tensorflow/backend'
import type { HalfType } from '../tensorflow/half'

const HALF_TYPES: Readonly<Record<Precision, HalfType | null>> = {
  float32: null,
  'mixed-float16': 'float16',
  'mixed-bfloat16': 'bfloat16',
}

/** The type that a step's activations have; null is float32. */
export const halfTypeFor = (precision: Precision): HalfType | null => HALF_TYPES[precision]

/** Whether the loss must be scaled: bfloat16 has float32's range and needs none. */
export const needsLossScale = (precision: Precision): boolean => precision === 'mixed-float16'

export interface UsablePrecision {
  readonly precision: Precision
  /** Why it is not the one asked for; null where it is. */
  readonly notice: string | null
}

/** @param proved precisions that the self-check found right on this device */
export function usablePrecision(
  asked: Precision,
  device: RuntimeVersions['device'] = runtimeVersions().device,
  proved: readonly string[] = selfCheckOf(process.env).halfPrecision ?? [],
): UsablePrecision {
  if (asked === 'float32') return { precision: asked, notice: null }
  if (device === 'cpu')
    return { precision: 'float32', notice: `Precision ${asked} needs a GPU; trains in float32 on this processor.` }
  if (!proved.includes(asked))
    return { precision: 'float32', notice: `The GPU failed the check of ${asked}; trains in float32.` }
  return { precision: asked, notice: null }
}
