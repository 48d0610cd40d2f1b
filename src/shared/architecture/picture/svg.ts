// An architecture as an SVG picture in the look of the canvas: cards with their families' colours, key parameters, shapes and share of
// the cost, lines as the layout has led them. The same document gives the same bytes. It holds the document itself, so that the
// picture can be opened again (shared/exchange/design-from-text).
import { documentText, metaOf, type ArchitectureDocument, type Position } from '../document'
import { required } from '../../required'
import type { Card } from './cards'
import { boundsOf, drawnGraph, type DrawnEdge, type DrawnNode, type Layout } from './graph'

/** Around everything. */
const MARGIN = 24
/** For name and figures above the picture. */
const HEAD = 52
/** Letters of Inter at 12.5 px and of JetBrains Mono at 11 px, on average: longer texts are cut, because nothing measures them here. */
const TITLE_LETTER = 6.8
const MONO_LETTER = 6.6
const ROUNDING = 6

/** Of the light and of the dark theme (styles/tokens.css). */
const COLOURS = {
  light: {
    background: '#f5f6f8',
    surface: '#ffffff',
    border: '#868e9b',
    line: '#868e9b',
    text: '#1a1e25',
    muted: '#49505d',
    families: {
      convolution: '#0072b2',
      depthwise: '#3f97c9',
      pooling: '#009e73',
      normalisation: '#7a6ea8',
      activation: '#b88600',
      merge: '#cc79a7',
      dense: '#d55e00',
      other: '#6b7280',
    },
  },
  dark: {
    background: '#14161a',
    surface: '#1a1d22',
    border: '#717a89',
    line: '#717a89',
    text: '#e8eaee',
    muted: '#bac0ca',
    families: {
      convolution: '#4ea3d8',
      depthwise: '#8fc7ec',
      pooling: '#2cc197',
      normalisation: '#aea2dc',
      activation: '#e6b422',
      merge: '#dd9cc2',
      dense: '#f0834a',
      other: '#9aa2af',
    },
  },
} as const
export type PictureTheme = keyof typeof COLOURS
type Colours = (typeof COLOURS)[PictureTheme]

export interface Picture {
  readonly document: ArchitectureDocument
  readonly cards: ReadonlyMap<string, Card>
  readonly layout: Layout
  /** Beside the name: "11.2 M parameters". */
  readonly facts: string
  readonly theme: PictureTheme
}

const escaped = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;')

/** XML takes no control characters, whatever a name holds. */
const plain = (text: string): string =>
  escaped(
    text.replace(
      /[\u0000-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
      ' ',
    ),
  )

function cut(text: string, width: number, letter: number): string {
  const most = Math.max(1, Math.floor(width / letter))
  const letters = [...text]
  return letters.length <= most ? text : `${letters.slice(0, most - 1).join('')}…`
}

/** Coordinates with at most two digits behind the point. */
const n = (value: number): string => String(Math.round(value * 100) / 100)

function line(edge: DrawnEdge, from: DrawnNode, to: DrawnNode, colours: Colours): string {
  const start: Position = { x: from.position.x, y: from.position.y + from.height / 2 }
  const end: Position = { x: to.position.x, y: to.position.y - to.height / 2 }
  const points = [start, ...edge.bends, { ...end, y: end.y - 5 }].map(({ x, y }) => `${n(x)},${n(y)}`)
  return `<polyline points="${points.join(' ')}" fill="none" stroke="${colours.line}" stroke-width="1.25" stroke-linejoin="round" marker-end="url(#arrow)"/>`
}

function terminal({ position: { x, y }, width, height }: DrawnNode, card: Card, colours: Colours): string {
  const title = card.title || (card.type === 'input' ? 'Input' : 'Output')
  return [
    `<rect x="${n(x - width / 2)}" y="${n(y - height / 2)}" width="${width}" height="${height}" rx="${height / 2}" fill="${colours.surface}" stroke="${colours.border}"/>`,
    `<text x="${n(x - width / 2 + 14)}" y="${n(y + 4)}" class="title">${plain(cut(title, width * 0.45, TITLE_LETTER))}</text>`,
    `<text x="${n(x + width / 2 - 14)}" y="${n(y + 4)}" class="mono" text-anchor="end">${plain(card.shape)}</text>`,
  ].join('')
}

function inner({ position: { x, y }, width, height }: DrawnNode, card: Card, colours: Colours): string {
  const [left, top] = [x - width / 2, y - height / 2]
  const family = colours.families[card.family]
  const shapeWidth = card.shape.length * MONO_LETTER
  const bar = Math.round(card.share * (width - 24))
  return [
    `<rect x="${n(left)}" y="${n(top)}" width="${width}" height="${height}" rx="${ROUNDING}" fill="${colours.surface}" stroke="${colours.border}"/>`,
    // A block's band is twice as wide as a layer's.
    `<rect x="${n(left + 1)}" y="${n(top + 6)}" width="${card.type === 'block' ? 6 : 3}" height="${height - 12}" rx="1.5" fill="${family}"/>`,
    `<text x="${n(left + 14)}" y="${n(top + 20)}" class="title">${plain(cut(card.title, width - 26, TITLE_LETTER))}</text>`,
    `<text x="${n(left + 14)}" y="${n(top + 36)}" class="detail">${plain(cut(card.detail, width - 34 - shapeWidth, MONO_LETTER))}</text>`,
    `<text x="${n(left + width - 10)}" y="${n(top + 36)}" class="mono" text-anchor="end">${plain(card.shape)}</text>`,
    ...(bar > 0
      ? [`<rect x="${n(left + 14)}" y="${n(top + height - 6)}" width="${bar}" height="2" rx="1" fill="${family}"/>`]
      : []),
  ].join('')
}

/** @returns a whole SVG file with a newline at its end */
export function pictureSvg({ document, cards, layout, facts, theme }: Picture): string {
  const colours = COLOURS[theme]
  const drawn = drawnGraph(document, layout, cards)
  const bounds = boundsOf(drawn.nodes) ?? { x: 0, y: 0, width: 0, height: 0 }
  const corners = drawn.edges.flatMap(({ bends }) => bends.map(({ x }) => x))
  const left = Math.min(bounds.x, ...corners) - MARGIN
  const right = Math.max(bounds.x + bounds.width, ...corners) + MARGIN
  const top = bounds.y - MARGIN - HEAD
  const bottom = bounds.y + bounds.height + MARGIN
  const byId = new Map(drawn.nodes.map((node) => [node.id, node]))
  const { name } = metaOf(document)
  const width = Math.ceil(right - left)
  const height = Math.ceil(bottom - top)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${n(left)} ${n(top)} ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${plain(name)}</title>`,
    // One element that no other program writes; JSON knows no "]]>" once its ">" is escaped.
    `<metadata><gptnas:architecture xmlns:gptnas="urn:gptnas:architecture">${plain(documentText(document).replaceAll('\n', ' '))}</gptnas:architecture></metadata>`,
    `<style>text{font-family:Inter,'Inter Variable',system-ui,sans-serif;font-size:12.5px;fill:${colours.text}}.title{font-weight:500}.detail{font-size:11.5px;fill:${colours.muted}}.mono{font-family:'JetBrains Mono',ui-monospace,monospace;font-size:11px;fill:${colours.muted}}.name{font-size:16px;font-weight:600}</style>`,
    `<defs><marker id="arrow" viewBox="0 0 8 8" refX="4" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" fill="${colours.line}"/></marker></defs>`,
    `<rect x="${n(left)}" y="${n(top)}" width="${width}" height="${height}" fill="${colours.background}"/>`,
    `<text x="${n(left + MARGIN)}" y="${n(top + MARGIN + 10)}" class="name">${plain(cut(name, width - 2 * MARGIN, 8.8))}</text>`,
    `<text x="${n(left + MARGIN)}" y="${n(top + MARGIN + 30)}" class="detail">${plain(cut(facts, width - 2 * MARGIN, 6))}</text>`,
    ...drawn.edges.map((edge) =>
      line(edge, required(byId, edge.from, 'node'), required(byId, edge.to, 'node'), colours),
    ),
    ...drawn.nodes.map((node) => {
      const card = required(cards, node.id, 'card')
      return node.id === 'input' || node.id === 'output' ? terminal(node, card, colours) : inner(node, card, colours)
    }),
    '</svg>',
    '',
  ].join('\n')
}
