// The architecture alone, as the file that the editor and `gpt-nas check` open: no weights, nothing to run.
import { documentText, FILE_EXTENSION, parseDocument } from '@shared/architecture/document'
import type { ExportContent, ExportSource } from '../format'

const FILE_NAME = `architecture${FILE_EXTENSION}`

/** @throws AppError `invalid-architecture` when the document is damaged */
export function writeArchitectureJson({ document }: ExportSource): ExportContent {
  const text = documentText(parseDocument(document))
  return { files: [{ name: FILE_NAME, content: Buffer.from(text) }], metadata: { architectureFile: FILE_NAME } }
}
