// Repairs that change one parameter.
import { catalogue } from '../../catalogue'
import { gcd } from '../../document/bindings'
import { setParameter } from '../../document/edit/set'
import type { InnerNodeRecord } from '../../document/records'
import { metaOf } from '../../document/graph'
import type { ElaborationProblem } from '../../elaboration'
import type { ParameterSpecs } from '../../layer'
import type { CheckContext } from '../context'
import type { Fix } from '../problem'

/** A number goes to the nearest value in range, anything else back to the default; an unknown parameter goes. */
export function correctParameter(context: CheckContext, { nodeId, parameter }: ElaborationProblem): Fix | undefined {
  const node = nodeId === undefined ? undefined : context.graph.nodes.get(nodeId)
  if (parameter === undefined || (node?.type !== 'layer' && node?.type !== 'block')) return undefined
  const specs = specsOf(context, node)
  const spec = specs && Object.hasOwn(specs, parameter) ? specs[parameter] : undefined
  const value = node.parameters[parameter]
  if (spec && (spec.type === 'integer' || spec.type === 'number') && typeof value === 'number') {
    const inRange = Math.min(spec.max, Math.max(spec.min, value))
    const corrected = spec.type === 'integer' ? Math.round(inRange) : inRange
    return {
      title: `Set ${parameter} to ${corrected}`,
      diff: setParameter(context.document, node.id, parameter, corrected),
    }
  }
  const title = spec ? `Use the default for ${parameter}` : `Remove ${parameter}`
  return { title, diff: setParameter(context.document, node.id, parameter, undefined) }
}

/** The nearest number of groups that divides what must be divided, the smaller of two equally near. */
export function fitGroups(context: CheckContext, { nodeId, inputs }: ElaborationProblem): Fix | undefined {
  const parameters = nodeId === undefined ? undefined : context.elaboration.parameters.get(nodeId)
  const channels = inputs?.[0]?.[2]
  const groups = parameters?.groups
  if (nodeId === undefined || channels === undefined || typeof groups !== 'number') return undefined
  const common = typeof parameters?.channels === 'number' ? gcd(channels, parameters.channels) : channels
  let nearest = 1
  for (let divisor = 1; divisor <= common; divisor++)
    if (common % divisor === 0 && Math.abs(divisor - groups) < Math.abs(nearest - groups)) nearest = divisor
  return { title: `Set groups to ${nearest}`, diff: setParameter(context.document, nodeId, 'groups', nearest) }
}

function specsOf(context: CheckContext, node: InnerNodeRecord): ParameterSpecs | undefined {
  if (node.type === 'layer') return catalogue.get(node.kind)?.parameters
  const definition = context.graph.definitions.get(node.block)
  if (!definition) return context.library.get(node.block)?.parameters
  const meta = metaOf(definition.document)
  return meta.kind === 'block' ? meta.parameters : undefined
}
