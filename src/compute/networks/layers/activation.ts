// Activations, which differ in their kernel alone: a kind of that family without one is a compile error here.
import { ACTIVATION_KINDS, type ActivationKind } from '@shared/architecture/catalogue'
import type { Tensor } from '../../tensorflow/backend'
import { ACTIVATIONS } from '../../tensorflow/kernels/activations'
import { withoutArrays, type Layer } from './layer'

const kernels: Readonly<Record<ActivationKind, (x: Tensor) => Tensor>> = ACTIVATIONS

export const activations = Object.fromEntries(
  ACTIVATION_KINDS.map((kind) => [kind, withoutArrays(({ inputs: [x] }) => kernels[kind](x))]),
) as Record<ActivationKind, Layer>
