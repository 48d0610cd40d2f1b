// Control groups of a test's own for processes whose memory is to run out as Linux really lets it: the kernel's killer takes
// them. Root on a machine with a memory controller of either version may; elsewhere that fault is skipped, by name.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { controlGroup } from '../../src/shared/runtime/control-groups'

const PREFIX = 'gptnas-faults-'

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null // no such group, or another system
  }
}

/** Where groups can be made: below this process's own in version 1, below the mount in version 2, which wants processes in leaves. */
function place(): { readonly version: 1 | 2; readonly folder: string } | null {
  const own = controlGroup(read, 'memory')
  if (own === null) return null
  const existing = own.folders.filter((folder) => existsSync(folder))
  const folder = own.version === 1 ? existing[existing.length - 1] : existing[0]
  return folder === undefined ? null : { version: own.version, folder }
}

const parent = place()

/** Groups of this process, and those that one which was itself killed has left: a group without processes can be removed. */
function sweep(): void {
  if (parent === null) return
  for (const name of readdirSync(parent.folder).filter((each) => each.startsWith(PREFIX))) {
    try {
      rmdirSync(path.join(parent.folder, name))
    } catch (thrown) {
      // Somebody is in it, or another test was faster.
      if (!(thrown instanceof Error && 'code' in thrown)) throw thrown
    }
  }
}

let made = 0

function makeGroup(): string {
  const folder = path.join(parent!.folder, `${PREFIX}${process.pid}-${++made}`)
  mkdirSync(folder)
  return folder
}

/** Why no group can be made here; null where it can. */
export const noMemoryGroups = ((): string | null => {
  if (parent === null) return 'there are no control groups'
  try {
    const folder = makeGroup()
    const isUsable = existsSync(path.join(folder, parent.version === 1 ? 'memory.limit_in_bytes' : 'memory.max'))
    rmdirSync(folder)
    return isUsable ? null : 'the memory controller is off'
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown)
  }
})()

/** A training that goes in circles takes no new pages at most moments: its limit is lowered again at each low point it shows. */
const LOWER_EVERY_MS = 10

export class MemoryGroup {
  private readonly folder = makeGroup()
  private lowering: NodeJS.Timeout | undefined

  /** Moves a process in: what it takes from then on counts. */
  add(pid: number): void {
    writeFileSync(this.file('cgroup.procs'), String(pid))
  }

  /** Leaves no room for another page: the kernel ends the process at its next one (version 1), or at once (version 2). */
  squeeze(): void {
    if (parent!.version === 2) {
      // Or its pages would go there; absent where there is no swap.
      if (existsSync(this.file('memory.swap.max'))) writeFileSync(this.file('memory.swap.max'), '0')
      writeFileSync(this.file('memory.max'), '0')
      return
    }
    writeFileSync(this.file('memory.swappiness'), '0')
    this.lower()
    this.lowering = setInterval(() => this.lower(), LOWER_EVERY_MS)
    this.lowering.unref()
  }

  private lower(): void {
    const used = read(this.file('memory.usage_in_bytes'))?.trim()
    if (used === undefined || used === '0') return
    try {
      writeFileSync(this.file('memory.limit_in_bytes'), used)
    } catch (thrown) {
      // It has grown since: the next low point will do.
      if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EBUSY')) throw thrown
    }
  }

  private file(name: string): string {
    return path.join(this.folder, name)
  }

  /** Once its process has gone; the kernel may need a moment. */
  async remove(): Promise<void> {
    clearInterval(this.lowering)
    for (let attempt = 0; attempt < 50 && existsSync(this.folder); attempt++) {
      sweep()
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}

if (noMemoryGroups === null) {
  sweep()
  process.once('exit', sweep)
}
