// Kernels rounded to fewer bits, as tfjs's converter stores them (Apache-2.0, quantization.py): the levels of a kernel lie evenly
// between its smallest and its largest value, and zero is one of them. What is computed with is float32 again, so a network of the
// rounded values computes the same. Biases and statistics are few and stay whole.
import type { WeightPrecision } from '@shared/exchange/weight-precision'
import { weightsFrom, type NamedArray, type Weights } from '../networks/weights'
import { halfBits, halfValue } from './half'

/** Levels `min + k * scale`; for halves their own. */
export type Grid =
  { readonly dtype: 'uint8' | 'uint16'; readonly min: number; readonly scale: number } | { readonly dtype: 'float16' }

/** An array whose values are levels of its grid; without one they are as they were trained. */
export interface RoundedArray extends NamedArray {
  readonly grid?: Grid
}

const HIGHEST = { uint8: 255, uint16: 65535 } as const

function gridOf(values: Float32Array, dtype: 'uint8' | 'uint16'): Grid {
  const least = values.reduce((low, value) => Math.min(low, value), 0)
  const most = values.reduce((high, value) => Math.max(high, value), 0)
  if (most === least) return { dtype, min: 0, scale: 1 }
  const scale = (most - least) / HIGHEST[dtype]
  return { dtype, min: -Math.round(-least / scale) * scale, scale }
}

/** @returns the nearest level of each value, as the integer or the bits that are stored */
export function levelsOf(values: Float32Array, grid: Grid): Uint8Array | Uint16Array {
  if (grid.dtype === 'float16') return Uint16Array.from(values, halfBits)
  const { dtype, min, scale } = grid
  const level = (value: number): number => Math.min(HIGHEST[dtype], Math.max(0, Math.round((value - min) / scale)))
  return dtype === 'uint8' ? Uint8Array.from(values, level) : Uint16Array.from(values, level)
}

/** As tfjs reads levels: worked out in float64, rounded once. */
function valuesOf(levels: Uint8Array | Uint16Array, grid: Grid): Float32Array {
  if (grid.dtype === 'float16') return Float32Array.from(levels, halfValue)
  return Float32Array.from(levels, (level) => level * grid.scale + grid.min)
}

export function rounded<T extends NamedArray>(array: T, precision: WeightPrecision): T & RoundedArray {
  if (precision === 'float32' || !array.name.endsWith('/kernel')) return array
  const grid: Grid = precision === 'float16' ? { dtype: precision } : gridOf(array.values, precision)
  return { ...array, values: valuesOf(levelsOf(array.values, grid), grid), grid }
}

/** Every kernel rounded by itself. */
export const roundedWeights = (
  weights: readonly NamedArray[],
  precision: WeightPrecision,
): ReadonlyMap<string, RoundedArray> & Weights => weightsFrom(weights.map((array) => rounded(array, precision)))
