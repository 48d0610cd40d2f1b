// The zero-cost figures by their names: a line each.
import type { ProxyName } from '@shared/evaluators/proxies'
import { gradNorm } from './grad-norm'
import { jacobian } from './jacobian'
import { multiplyAccumulates } from './multiply-accumulates'
import { naswot } from './naswot'
import { parameters } from './parameters'
import type { Proxy } from './proxy'
import { synflow } from './synflow'

export const PROXIES: Readonly<Record<ProxyName, Proxy>> = {
  synflow,
  naswot,
  jacobian,
  'grad-norm': gradNorm,
  parameters,
  'multiply-accumulates': multiplyAccumulates,
}
