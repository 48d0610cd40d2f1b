// Layers whose values are never negative: behind them a zero that is put around a map changes no maximum.
import type { LayerKind } from '../../architecture/catalogue'

const NOT_NEGATIVE: ReadonlySet<string> = new Set<LayerKind>(['relu', 'relu6', 'sigmoid', 'hard-sigmoid', 'softmax'])

/** @param kind of a layer; undefined for the image, of which nothing is known */
export const isNeverNegative = (kind: string | undefined): boolean => NOT_NEGATIVE.has(kind ?? '')
