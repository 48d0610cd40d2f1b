// What can happen to a compute from outside, done to a real process: killed, crashed in native code, out of address space.
import { spawnSync } from 'node:child_process'
import { createRandom } from '../../src/shared/random'
import { EPOCHS, STEPS_PER_EPOCH } from './workbench'

/**
 * `address-space` stands for "no memory left": from then on the process gets no new page, as where a limit of its user or
 * container is reached. The kernel's own killer, which picks a victim by itself, arrives as the same SIGKILL as `kill`.
 */
export const FAULT_KINDS = ['kill', 'segfault', 'address-space'] as const
export type FaultKind = (typeof FAULT_KINDS)[number]

export interface Fault {
  readonly kind: FaultKind
  /** Counted from the training's first step over all epochs: the fault comes at the first news of this step or a later one. */
  readonly step: number
  /** After that news; news come ten times a second. */
  readonly delayMs: number
}

/** Below what TensorFlow alone has mapped, so that every later request is refused. */
const ADDRESS_SPACE_BYTES = 64 * 1024 * 1024

/** `prlimit` of util-linux changes the limits of a running process. */
export const canLimitMemory = spawnSync('prlimit', ['--version']).status === 0

export function inflict(kind: FaultKind, pid: number): void {
  switch (kind) {
    case 'kill':
      process.kill(pid, 'SIGKILL')
      return
    case 'segfault':
      process.kill(pid, 'SIGSEGV')
      return
    case 'address-space': {
      const { status, stderr } = spawnSync('prlimit', ['--pid', String(pid), `--as=${ADDRESS_SPACE_BYTES}`], {
        encoding: 'utf8',
      })
      if (status !== 0) throw new Error(`prlimit could not limit process ${pid}: ${stderr}`)
    }
  }
}

/**
 * @param share of the training's steps, from the first on, over which the faults are spread: one near the end may come too late
 * @returns as many faults as kinds, in the order of their steps
 */
export function randomFaults(seed: number, kinds: readonly FaultKind[], share = 1): Fault[] {
  const random = createRandom(seed).fork('faults')
  return kinds
    .map((kind) => ({ kind, step: 1 + random.integer(share * EPOCHS * STEPS_PER_EPOCH), delayMs: random.integer(100) }))
    .sort((a, b) => a.step - b.step)
}
