// A whole contract whose every procedure refuses: where an engine cannot serve it, and in tests below what they answer themselves.
import { isContractProcedure, type AnyContractRouter } from '@orpc/contract'
import { implement, type AnyRouter, type Router } from '@orpc/server'

/** Is given the names that lead to the procedure, such as `['searches', 'list']`, and throws. */
type Refuse = (path: readonly string[]) => never

export function refusing<T extends AnyContractRouter>(contract: T, refuse: Refuse): Router<T, Record<never, never>> {
  return refusingPart(contract, refuse, []) as Router<T, Record<never, never>>
}

function refusingPart(contract: AnyContractRouter, refuse: Refuse, path: readonly string[]): AnyRouter {
  if (isContractProcedure(contract)) return implement(contract).handler(() => refuse(path))
  const parts = Object.entries<AnyContractRouter>(contract)
  return Object.fromEntries(parts.map(([name, part]) => [name, refusingPart(part, refuse, [...path, name])]))
}
