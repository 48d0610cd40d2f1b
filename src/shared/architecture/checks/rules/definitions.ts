// The user's blocks inside a document: older than the library's, or used by nothing.
import { Draft } from '../../document/draft'
import { isOutdated, updateDefinition } from '../../document/edit/embed'
import { isUserBlock } from '../../document/user-block'
import type { Rule } from '../context'
import type { Problem } from '../problem'

export const definitions: Rule = ({ document, graph, library }) => {
  const problems: Problem[] = []
  if (graph.definitions.size === 0) return problems
  const used = new Set<string>()
  const visit = (records: Iterable<{ readonly type: string; readonly block?: string }>): void => {
    for (const { type, block } of records) {
      if (type !== 'block' || block === undefined || used.has(block)) continue
      used.add(block)
      visit(Object.values(graph.definitions.get(block)?.document.records ?? {}))
    }
  }
  visit(graph.nodes.values())
  for (const definition of graph.definitions.values()) {
    const { name, id } = definition
    const newer = library.get(name)
    if (!used.has(name)) {
      const draft = new Draft(document)
      draft.remove(id)
      problems.push({
        code: 'unused-definition',
        severity: 'hint',
        message: `Block "${name}" is in this document but nothing uses it.`,
        fix: { title: `Remove the definition of ${name}`, diff: draft.diff() },
      })
    } else if (newer && isUserBlock(newer) && isOutdated(document, name, library)) {
      const node = [...graph.nodes.values()].find((record) => record.type === 'block' && record.block === name)
      problems.push({
        code: 'outdated-definition',
        severity: 'hint',
        ...(node ? { nodeId: node.id } : {}),
        message: `Block "${name}" differs from the one in the library.`,
        fix: { title: `Update ${name} from the library`, diff: updateDefinition(document, newer.document, library) },
      })
    }
  }
  return problems
}
