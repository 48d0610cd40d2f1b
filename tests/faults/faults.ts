// What can happen to a compute from outside, done to a real process: killed, crashed in native code, out of address space, out
// of the memory of its control group.
import { spawnSync } from 'node:child_process'
import { createRandom } from '../../src/shared/random'
import { noMemoryGroups, type MemoryGroup } from './memory-groups'
import { EPOCHS, STEPS_PER_EPOCH } from './workbench'

/**
 * `address-space`: from then on the process is refused every new page, as where a limit of its user is reached. `memory-group`:
 * its control group has no room left and the kernel's killer takes it, as where a container's limit is reached.
 */
export const FAULT_KINDS = ['kill', 'segfault', 'address-space', 'memory-group'] as const
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

/** Why a kind cannot be had here; null where it can. `prlimit` of util-linux changes the limits of a running process. */
export function whyNot(kind: FaultKind): string | null {
  if (kind === 'memory-group') return noMemoryGroups
  if (kind !== 'address-space') return null
  return spawnSync('prlimit', ['--version']).status === 0 ? null : 'there is no prlimit'
}

/** @returns false where the process had ended before */
export function inflict(kind: FaultKind, pid: number, group: MemoryGroup | undefined): boolean {
  switch (kind) {
    case 'kill':
      return send('SIGKILL', pid)
    case 'segfault':
      return send('SIGSEGV', pid)
    case 'address-space': {
      const { status, stderr } = spawnSync('prlimit', ['--pid', String(pid), `--as=${ADDRESS_SPACE_BYTES}`], {
        encoding: 'utf8',
      })
      if (status !== 0 && send(0, pid)) throw new Error(`prlimit could not limit process ${pid}: ${stderr}`)
      return status === 0
    }
    case 'memory-group':
      if (group === undefined) throw new Error(`process ${pid} is in no control group of its own`)
      group.squeeze()
      return send(0, pid)
  }
}

function send(signal: NodeJS.Signals | 0, pid: number): boolean {
  try {
    return process.kill(pid, signal)
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ESRCH') return false
    throw thrown
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
