// The zod schemas of the document's records: types, ranges, lengths. What holds between records is in integrity.ts.
import { z } from 'zod'
import { shownPlace, shownReason } from '../../quoted'
import {
  MAX_CLASSES,
  MAX_HELP_LENGTH,
  MAX_ID_LENGTH,
  MAX_NAME_LENGTH,
  MAX_NUMBER,
  MAX_PARAMETERS,
  MAX_SIZE,
} from './limits'
import type { ArchitectureDocument, DocumentRecord, EdgeRecord, InnerNodeRecord } from './records'
import { DOCUMENT_FORMAT, META_ID } from './records'

const id = z
  .string()
  .regex(new RegExp(`^[A-Za-z0-9_.-]{1,${MAX_ID_LENGTH}}$`), 'expected an id of letters, digits, ".", "_" or "-"')
const name = z.string().min(1).max(MAX_NAME_LENGTH)
const blockName = z
  .string()
  .max(MAX_ID_LENGTH - 'definition.'.length)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'expected a block name in kebab-case, such as "my-block"')
const number = z.number().min(-MAX_NUMBER).max(MAX_NUMBER)
const factor = z.number().int().min(1).max(MAX_SIZE)
const pair = z.tuple([number, number])
const shape = z.union(
  [
    z.tuple([z.number().int().min(1).max(MAX_SIZE)]),
    z.tuple([
      z.number().int().min(1).max(MAX_SIZE),
      z.number().int().min(1).max(MAX_SIZE),
      z.number().int().min(1).max(MAX_SIZE),
    ]),
  ],
  `expected [height, width, channels] or [features], whole numbers from 1 to ${MAX_SIZE}`,
)
const value = z.union(
  [
    number,
    z.boolean(),
    z.string().max(MAX_NAME_LENGTH),
    pair,
    z.strictObject({ bind: name, times: z.tuple([factor, factor]).optional() }),
  ],
  'expected a number, a pair of numbers, true or false, a word, or { "bind": name }',
)
const isFew = (of: object): boolean => Object.keys(of).length <= MAX_PARAMETERS
const FEW = {
  error: ({ input }: { input?: unknown }) =>
    `expected at most ${MAX_PARAMETERS} parameters, received ${Object.keys(input as object).length}`,
}
const parameters = z.record(name, value).refine(isFew, FEW)

const described = { title: name, help: z.string().max(MAX_HELP_LENGTH).optional() }
const spec = z.discriminatedUnion('type', [
  z.strictObject({ type: z.enum(['integer', 'number']), min: number, max: number, default: number, ...described }),
  z.strictObject({ type: z.literal('pair'), min: number, max: number, default: pair, ...described }),
  z.strictObject({ type: z.literal('boolean'), default: z.boolean(), ...described }),
  z.strictObject({ type: z.literal('choice'), choices: z.array(name).min(1).max(100), default: name, ...described }),
])

const node = { id, label: name.optional(), position: z.strictObject({ x: number, y: number }).optional() }
const layer = z.strictObject({ ...node, type: z.literal('layer'), kind: name, parameters })
const block = z.strictObject({ ...node, type: z.literal('block'), block: blockName, parameters })
const edge = z.strictObject({ id, type: z.literal('edge'), from: id, to: id, slot: z.number().int().min(0).max(1000) })

const meta = { id: z.literal(META_ID), type: z.literal('meta'), input: shape }
const metaSchema = z.discriminatedUnion('kind', [
  z.strictObject({ ...meta, kind: z.literal('network'), name, classes: z.number().int().min(1).max(MAX_CLASSES) }),
  z.strictObject({
    ...meta,
    kind: z.literal('block'),
    name: blockName,
    title: name.optional(),
    help: z.string().max(MAX_HELP_LENGTH).optional(),
    parameters: z.record(name, spec).refine(isFew, FEW),
  }),
])

const recordSchema: z.ZodType<DocumentRecord> = z.lazy(() =>
  z.discriminatedUnion('type', [
    metaSchema,
    layer,
    block,
    edge,
    z.strictObject({ ...node, type: z.enum(['input', 'output']) }),
    z.strictObject({ id, type: z.literal('definition'), name: blockName, document: documentSchema }),
  ]),
)

/** Shape of the current format, not yet the integrity between its records. */
export const documentSchema: z.ZodType<ArchitectureDocument> = z.strictObject({
  format: z.literal(DOCUMENT_FORMAT),
  records: z.record(id, recordSchema),
})

export const innerNodeSchema: z.ZodType<InnerNodeRecord> = z.discriminatedUnion('type', [layer, block])
export const edgeSchema: z.ZodType<EdgeRecord> = edge

/** The first three complaints, each with its place, `whole` where that is no single one: `records.conv2d-1.slot: expected number`. */
export function issuesText(error: z.ZodError, whole = 'the document'): string {
  const lines = error.issues.slice(0, 3).map((issue) => {
    const place = shownPlace(issue.path.map(String).join('.')) || whole
    return `${place}: ${shownReason(issue.message)}`
  })
  const more = error.issues.length - lines.length
  return lines.join('; ') + (more > 0 ? `; and ${more} more` : '')
}
