// Limits by the name of what a network is for. Each tells where its figures come from; single limits beside it count as well.
import type { KnownCost } from './costs'

export type Limits = Readonly<Partial<Record<KnownCost, number>>>

/** Multiply-accumulates of one image and bytes of float32 weights, as this program counts them. */
export const TARGETS = {
  none: {},
  /** 256 kB of weights and 30 M multiply-accumulates: the flash and speed of a Cortex-M of MLPerf Tiny (Banbury et al. 2021). */
  microcontroller: { weightsBytes: 256_000, macs: 30_000_000 },
  /** Fewer than 600 M multiply-accumulates: the mobile setting of NASNet (Zoph et al. 2018) and DARTS (Liu et al. 2019). */
  mobile: { macs: 600_000_000 },
} as const satisfies Readonly<Record<string, Limits>>

export const TARGET_NAMES = ['none', 'microcontroller', 'mobile'] as const satisfies readonly (keyof typeof TARGETS)[]
export type TargetName = (typeof TARGET_NAMES)[number]
