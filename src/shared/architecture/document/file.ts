// The text form of a document, `.gptnas.json`: one record a line in a fixed order, so that equal documents are equal files
// and a version-control diff shows what was edited. Reading is parse.ts.
import type { ArchitectureDocument, DocumentRecord } from './records'

export const FILE_EXTENSION = '.gptnas.json'

const TYPE_ORDER: readonly DocumentRecord['type'][] = [
  'meta',
  'input',
  'layer',
  'block',
  'output',
  'edge',
  'definition',
]
const KEY_ORDER = ['id', 'type', 'kind', 'block', 'name', 'title', 'label', 'from', 'to', 'slot', 'input', 'classes']
const collator = new Intl.Collator('en', { numeric: true })

/** The document as the text of a file, with a newline at its end. */
export function documentText(document: ArchitectureDocument): string {
  return `${documentLines(document, '')}\n`
}

function documentLines(document: ArchitectureDocument, indent: string): string {
  const inner = `${indent}    `
  const lines = Object.values(document.records)
    .sort(compareRecords)
    .map((record) => `${inner}${JSON.stringify(record.id)}: ${recordText(record, inner)}`)
  return [
    '{',
    `${indent}  "format": ${JSON.stringify(document.format)},`,
    `${indent}  "records": {`,
    lines.join(',\n'),
    `${indent}  }`,
    `${indent}}`,
  ].join('\n')
}

function recordText(record: DocumentRecord, indent: string): string {
  if (record.type !== 'definition') return inline(record, record.type === 'meta')
  const { id, type, name, document } = record
  const head = inline({ id, type, name }, true).slice(0, -2)
  return `${head}, "document": ${documentLines(document, indent)} }`
}

/** One line of JSON. A block's declared parameters keep their order, which is that of the form; all other keys are sorted. */
function inline(value: unknown, keepsOrder: boolean): string {
  if (Array.isArray(value)) return `[${value.map((item) => inline(item, keepsOrder)).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  if (!keepsOrder || 'type' in value) entries.sort(([a], [b]) => keyRank(a) - keyRank(b) || (a < b ? -1 : 1))
  if (entries.length === 0) return '{}'
  return `{ ${entries.map(([key, item]) => `${JSON.stringify(key)}: ${inline(item, keepsOrder)}`).join(', ')} }`
}

function keyRank(key: string): number {
  const rank = KEY_ORDER.indexOf(key)
  return rank < 0 ? KEY_ORDER.length : rank
}

function compareRecords(a: DocumentRecord, b: DocumentRecord): number {
  const byType = TYPE_ORDER.indexOf(a.type) - TYPE_ORDER.indexOf(b.type)
  return byType || collator.compare(a.id, b.id) || (a.id < b.id ? -1 : 1)
}
