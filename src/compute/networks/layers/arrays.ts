// The arrays that several layer kinds store.
import { flagOf } from '@shared/architecture/catalogue/parameter-values'
import type { ParameterValues } from '@shared/architecture/layer'
import type { LayerArray } from './layer'

/** Trained, decayed, initialised at random. */
export function kernel(
  shape: readonly number[],
  initialisation: 'he' | 'glorot',
  fanIn: number,
  fanOut: number,
): LayerArray {
  return { role: 'kernel', shape, initialisation, fanIn, fanOut, trained: true, decays: true, rounds: true }
}

/** One number a channel that begins as 0 or 1. */
export function perChannel(
  role: string,
  channels: number,
  initialisation: 'zeros' | 'ones',
  use: Pick<LayerArray, 'trained' | 'rounds'>,
): LayerArray {
  return { role, shape: [channels], initialisation, fanIn: 0, fanOut: 0, decays: false, ...use }
}

/** A bias where the layer's parameters ask for one. */
export const biasOf = (parameters: ParameterValues, features: number): readonly LayerArray[] =>
  flagOf(parameters, 'bias') ? [perChannel('bias', features, 'zeros', { trained: true, rounds: true })] : []
