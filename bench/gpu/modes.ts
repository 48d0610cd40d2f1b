// The ways a step is computed in, and the environment that each needs. NVIDIA's libraries read NVIDIA_TF32_OVERRIDE, TensorFlow
// TF_XLA_FLAGS; both while they load, so each mode has processes of its own.
import type { Precision } from '../../src/shared/search/recipe'

export interface Mode {
  readonly name: string
  readonly precision: Precision
  /** Whether matrix units may round float32 to ten bits; TensorFlow lets them. */
  readonly tf32: boolean
  readonly xla: boolean
}

const mode = (name: string, precision: Precision, tf32: boolean, xla = false): Mode => ({ name, precision, tf32, xla })
export const FLOAT32 = mode('float32', 'float32', false)
const OF_A_CARD = [
  FLOAT32,
  mode('tf32', 'float32', true),
  mode('mixed-float16', 'mixed-float16', true),
  mode('mixed-bfloat16', 'mixed-bfloat16', true),
  mode('tf32, XLA', 'float32', true, true),
  mode('mixed-float16, XLA', 'mixed-float16', true, true),
]
/** A processor knows no tf32, emulates halves, and TensorFlow's build for it has no XLA for it. */
export const modesFor = (isCard: boolean): readonly Mode[] => (isCard ? OF_A_CARD : [FLOAT32])

export const environmentOf = ({ tf32, xla }: Mode): Record<string, string> => ({
  ...(tf32 ? {} : { NVIDIA_TF32_OVERRIDE: '0' }),
  ...(xla ? { TF_XLA_FLAGS: '--tf_xla_auto_jit=2' } : {}),
})
