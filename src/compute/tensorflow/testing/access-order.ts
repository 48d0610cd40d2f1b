// Proves from a graph alone that its variables are read and changed in one order, however many nodes run at once: between a change
// and every other access of the same variable there is a path of inputs, one way or the other.
import type { NodeDef } from '../recorder/protobuf'

export interface AccessOrder {
  readonly reads: number
  readonly changes: number
  /** What is not ordered, or not as often changed before it as the recorder meant. Empty where the graph is right. */
  readonly faults: readonly string[]
}

const nodeOf = (input: string): string => input.replace(/^\^/, '').replace(/:\d+$/, '')

/** Of one entry: what its fetches need. Reads are named `scope/read/variable_version` (session-variables.ts). */
export function accessOrder(nodes: readonly NodeDef[], scope: string): AccessOrder {
  const byName = new Map(nodes.map((node) => [node.name, node]))
  const before = (name: string): Set<string> => {
    const reached = new Set<string>()
    const open = [name]
    for (let next = open.pop(); next !== undefined; next = open.pop())
      for (const input of byName.get(next)!.input.map(nodeOf)) {
        if (reached.has(input)) continue
        reached.add(input)
        open.push(input)
      }
    return reached
  }
  const own = nodes.filter(({ name }) => name.startsWith(`${scope}/`))
  const isHandle = (input: string): boolean => byName.get(nodeOf(input))!.op === 'VarHandleOp'
  const accesses = own.flatMap(({ name, op, input }) =>
    input
      .filter((each) => !each.startsWith('^') && isHandle(each))
      .map((handle) => ({ name, handle, isRead: op === 'ReadVariableOp', earlier: before(name) })),
  )
  const fetches = own.filter(({ name }) => name.startsWith(`${scope}/fetch/`))
  const faults: string[] = []
  for (const change of accesses.filter(({ isRead }) => !isRead)) {
    for (const other of accesses)
      if (other.handle === change.handle && other.name !== change.name)
        if (!other.earlier.has(change.name) && !change.earlier.has(other.name))
          faults.push(`${other.name} and ${change.name} may come in any order`)
    for (const { name } of fetches)
      if (!before(name).has(change.name)) faults.push(`${name} does not wait for ${change.name}`)
  }
  for (const read of accesses.filter(({ isRead }) => isRead)) {
    const version = Number(/_(\d+)$/.exec(read.name)?.[1])
    const changes = accesses.filter(
      ({ name, handle, isRead }) => !isRead && handle === read.handle && read.earlier.has(name),
    ).length
    if (changes !== version) faults.push(`${read.name} sees ${changes} changes`)
  }
  const reads = accesses.filter(({ isRead }) => isRead).length
  return { reads, changes: accesses.length - reads, faults }
}
