// An architecture that a person puts into a run: named as what it is in the space, as a design, or as a trial of any run. It is
// evaluated next, and the strategy sees its result as that of any trial.
import { z } from 'zod'
import { genotypeSchema } from '../spaces/genotype'
import { sentDocumentSchema } from '../architecture/document/sent-document'

export const injectionSchema = z.discriminatedUnion('from', [
  z.object({ from: z.literal('genotype'), genotype: genotypeSchema }),
  /** An architecture document. */
  z.object({ from: z.literal('document'), document: sentDocumentSchema }),
  /** A network of the workspace, by its id. */
  z.object({ from: z.literal('design'), id: z.string() }),
  /** A network of the zoo, by its name. */
  z.object({ from: z.literal('zoo'), name: z.string() }),
  /** By its id, not its number. */
  z.object({ from: z.literal('trial'), id: z.number().int() }),
])
export type Injection = z.infer<typeof injectionSchema>
