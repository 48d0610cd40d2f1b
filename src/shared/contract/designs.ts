// Design service: the user's blocks and networks, kept in the workspace with every save as a version.
// Documents cross as JSON; shared/architecture parses and migrates them on both sides.
import { oc } from '@orpc/contract'
import { z } from 'zod'
import { sentDocumentSchema } from '../architecture/document/sent-document'

export const designSchema = z.object({
  id: z.string(),
  kind: z.enum(['block', 'network']),
  name: z.string(),
  updatedAt: z.string(),
  parameters: z.number().nullable(),
  macs: z.number().nullable(),
  /** Number of problems that keep it from being trained. */
  errors: z.number(),
  /** True when a search may use it: a valid block, or a network some space can express. */
  searchable: z.boolean(),
})
export type Design = z.infer<typeof designSchema>

const id = z.object({ id: z.string() })

export const designsContract = {
  list: oc.output(z.array(designSchema)),
  load: oc.input(id).output(z.object({ design: designSchema, document: z.unknown() })),
  /** Creates without `id`, else stores a new version. @throws invalid-architecture, conflict (a block of that name exists). */
  save: oc.input(z.object({ id: z.string().optional(), document: sentDocumentSchema })).output(designSchema),
  remove: oc.input(id).output(z.object({ removed: z.boolean() })),
  /** The document of an autosaved draft, kept apart from the named design until it is saved. */
  saveDraft: oc
    .input(z.object({ key: z.string(), document: sentDocumentSchema }))
    .output(z.object({ savedAt: z.string() })),
  loadDraft: oc.input(z.object({ key: z.string() })).output(z.object({ document: z.unknown() }).nullable()),
  discardDraft: oc.input(z.object({ key: z.string() })).output(z.object({ removed: z.boolean() })),
}
