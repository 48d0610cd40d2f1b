// The architecture as a picture: laid out by ELK, drawn as the canvas draws it.
import { inspectDocument } from '@shared/architecture/checks'
import { parseDocument } from '@shared/architecture/document'
import { blockLibrary } from '@shared/architecture/library'
import { cardsOf } from '@shared/architecture/picture/cards'
import { fromElk, toElk } from '@shared/architecture/picture/elk-graph'
import { pictureSvg } from '@shared/architecture/picture/svg'
import { pictureOptionsSchema } from '@shared/exchange/picture-options'
import type { ExportContent, ExportSource } from '../format'

const PICTURE_FILE = 'architecture.svg'

const millions = (value: number): string => `${(value / 1e6).toLocaleString('en', { maximumSignificantDigits: 3 })} M`

/** @throws AppError `invalid-architecture` when the document is damaged */
export async function writeSvg({ document: json, options = {} }: ExportSource): Promise<ExportContent> {
  const { theme } = pictureOptionsSchema.parse(options)
  const document = parseDocument(json)
  // A user's blocks are embedded in the document.
  const library = blockLibrary([])
  const inspection = inspectDocument(document, library)
  const { default: Elk } = await import('elkjs/lib/elk.bundled.js')
  const layout = fromElk(await new Elk().layout(toElk(document)))
  const { cost } = inspection
  const facts =
    cost === undefined ? '' : `${millions(cost.parameters)} parameters, ${millions(cost.macs)} multiply-adds an image`
  const cards = cardsOf(document, inspection, library)
  const svg = pictureSvg({ document, cards, layout, facts, theme })
  return { files: [{ name: PICTURE_FILE, content: Buffer.from(svg) }], metadata: { pictureFile: PICTURE_FILE } }
}
