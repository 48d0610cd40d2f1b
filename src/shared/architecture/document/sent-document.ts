// An architecture document on its way between processes: typed for who sends it, so that nothing else is sent in its place (a promise
// of one is no document), and read and migrated again by who takes it.
import { z } from 'zod'
import type { ArchitectureDocument } from './records'

export const sentDocumentSchema = z.custom<ArchitectureDocument | Readonly<Record<string, unknown>>>()
