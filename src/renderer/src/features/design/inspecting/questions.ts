// What the page asks its worker about documents, and what comes back.
import type { Inspection } from '@shared/architecture/checks'
import type { ArchitectureDocument } from '@shared/architecture/document'
import type { ErrorData } from '@shared/errors'

/** What is shown beside a document. */
export type DesignInspection = Omit<Inspection, 'graph'>

export type Question =
  | { readonly ask: 'read'; readonly text: string }
  | { readonly ask: 'parse'; readonly json: unknown }
  | { readonly ask: 'inspect'; readonly document: ArchitectureDocument; readonly own: readonly ArchitectureDocument[] }
export type Answer = { readonly id: number } & ({ readonly result: unknown } | { readonly error: ErrorData })
