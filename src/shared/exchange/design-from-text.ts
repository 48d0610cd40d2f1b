// A design from the text of any file of ours that holds one: an architecture file, the metadata of an export, or a tfjs model that
// we have written.
import { parseDocument, parseDocumentText, type ArchitectureDocument } from '../architecture/document'
import { MAX_FILE_LENGTH } from '../architecture/document/limits'
import { exportedDocument } from './metadata'

/** What tfjs keeps of its writer in model.json. */
const inModelFile = (json: unknown): unknown =>
  typeof json === 'object' && json !== null && 'userDefinedMetadata' in json
    ? exportedDocument(json.userDefinedMetadata)
    : undefined

/** @throws AppError `invalid-architecture` as `parseDocumentText` */
export function designFromText(text: string): ArchitectureDocument {
  // What is no JSON, or too long, is told by the parser of documents.
  if (text.length <= MAX_FILE_LENGTH) {
    const json = jsonOf(text)
    const held = exportedDocument(json) ?? inModelFile(json)
    if (held !== undefined) return parseDocument(held)
  }
  return parseDocumentText(text)
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // the parser of documents says where
  }
}
