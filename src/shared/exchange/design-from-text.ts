// A design from the text of any file of ours that holds one: an architecture file, the metadata of an export, a tfjs model or a picture
// that we have written.
import { parseDocument, parseDocumentText, type ArchitectureDocument } from '../architecture/document'
import { MAX_FILE_LENGTH } from '../architecture/document/limits'
import { hasTooManyValues } from '../architecture/document/parse'
import { exportedDocument } from './metadata'

/** What tfjs keeps of its writer in model.json. */
const inModelFile = (json: unknown): unknown =>
  typeof json === 'object' && json !== null && 'userDefinedMetadata' in json
    ? exportedDocument(json.userDefinedMetadata)
    : undefined

/** Of a picture of ours: the text inside its one element that no other program writes. */
const IN_PICTURE = /<gptnas:architecture xmlns:gptnas="urn:gptnas:architecture">([^<]*)<\/gptnas:architecture>/

const ENTITIES = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&amp;': '&' } as const

/** The text of the design that an SVG picture of ours holds; undefined where it holds none. */
function inPicture(text: string): string | undefined {
  if (!text.startsWith('<svg ')) return undefined
  return IN_PICTURE.exec(text)?.[1]?.replace(
    /&(?:lt|gt|quot|amp);/g,
    (entity) => ENTITIES[entity as keyof typeof ENTITIES],
  )
}

/** @throws AppError `invalid-architecture` as `parseDocumentText` */
export function designFromText(text: string): ArchitectureDocument {
  // What is no JSON, too long or too much is told by the parser of documents.
  if (text.length <= MAX_FILE_LENGTH && !hasTooManyValues(text)) {
    const drawn = inPicture(text)
    if (drawn !== undefined) return parseDocumentText(drawn)
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
