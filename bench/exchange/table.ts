// The tables of docs/exchange.md, between two comments there, so that nobody copies a figure by hand.
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { ZOO_NAMES } from '../../src/shared/architecture/zoo'
import { checkout } from '../harness'
import { WAYS } from './ways'
import { LAYER_CASES, worst, type SeenRow, type ZooRows } from './zoo'

const FILE = path.join(checkout, 'docs', 'exchange.md')
/** Beside a figure of an earlier source. */
const MARK = ' \\*'

/** @param name of the place: `<!-- bench:exchange NAME -->` to `<!-- end -->` @throws RangeError where the page has none */
export async function writeTable(name: string, lines: readonly string[]): Promise<void> {
  const text = await readFile(FILE, 'utf8')
  const start = `<!-- bench:exchange ${name} -->`
  const from = text.indexOf(start)
  const to = text.indexOf('<!-- end -->', from)
  if (from < 0 || to < 0) throw new RangeError(`${FILE} has no place for the table "${name}"`)
  const table = `${start}\n\n${lines.join('\n')}\n\n`
  await writeFile(FILE, text.slice(0, from) + table + text.slice(to))
}

/**
 * Lines of a table as the page has it that were not measured now, rows and what is listed below them: they stay until they are.
 * @param measured for example `dense, ONNX`: the first cells of rows, as the lists below a table begin
 * @param cells how many of them
 */
export async function otherLines(name: string, measured: ReadonlySet<string>, cells: number): Promise<string[]> {
  const text = await readFile(FILE, 'utf8')
  const from = text.indexOf(`<!-- bench:exchange ${name} -->`)
  const lines = text.slice(from, text.indexOf('<!-- end -->', from)).split('\n')
  const keyOf = (line: string): string =>
    line.startsWith('- ')
      ? (line.slice(2).split(':')[0] ?? '')
      : line
          .split('|')
          .slice(1, 1 + cells)
          .map((cell) => cell.replace(MARK, '').trim())
          .join(', ')
  const [, ...rows] = lines.filter((line) => /^(\| |- )/.test(line))
  return rows.filter((line) => !measured.has(keyOf(line)))
}

/** Both in the order of the networks. */
export const inOrder = (lines: readonly string[], names: readonly string[]): string[] => {
  const placeOf = (line: string): number =>
    names.findIndex((name) => line.startsWith(`| ${name} |`) || line.startsWith(`- ${name}, `))
  return [...lines].sort((a, b) => placeOf(a) - placeOf(b))
}

/** As prose in docs is. */
const WIDTH = 120

function wrapped(text: string): string[] {
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = `${lines[lines.length - 1]!} ${word}`.trim()
    if (line.length <= WIDTH) lines[lines.length - 1] = line
    else lines.push(word)
  }
  return lines
}

const figure = (row: SeenRow | undefined): string =>
  row === undefined
    ? 'not seen'
    : `${row.difference?.toExponential(1) ?? 'failed'}${row.isEarlier === true ? MARK : ''}`

/** The largest difference of each network, by the way out; `own` is how far a rounding of the image moves its scores. */
export function zooTable({ layers, networks }: ZooRows): string[] {
  const names = [...new Set(networks.map(({ name }) => name))].sort()
  const cells = (of: (way: string) => string): string => WAYS.map(({ title }) => of(title)).join(' | ')
  const whole = (way: string): string => {
    const own = layers.filter((row) => row.way === way)
    return own.length === 0
      ? 'not seen'
      : `${worst(own).toExponential(1)}${own.some(({ isEarlier }) => isEarlier === true) ? MARK : ''}`
  }
  const lines = names.map((name) => {
    const own = networks.filter((row) => row.name === name)
    const sides = [...new Set(own.map(({ input }) => input))].sort((a, b) => b - a).join(', ')
    const sensitivity = Math.max(...own.map((row) => row.sensitivity)).toExponential(1)
    return `| ${name} | ${sides} | ${cells((way) => figure(own.find((row) => row.way === way)))} | ${sensitivity} |`
  })
  const caseCount = new Set(layers.map(({ name }) => name)).size
  const left = ZOO_NAMES.filter((name) => !names.includes(name))
  const isMarked = [...layers, ...networks].some(({ isEarlier }) => isEarlier === true)
  return [
    `| network | pixels | ${WAYS.map(({ title }) => title).join(' | ')} | own |`,
    `|---|---:|${'---:|'.repeat(WAYS.length)}---:|`,
    ...(caseCount === 0
      ? []
      : [`| ${caseCount} of ${LAYER_CASES.length} layers and blocks | 7 x 6 | ${cells(whole)} | |`]),
    ...lines,
    '',
    ...wrapped(
      `Networks not seen: ${left.length === 0 ? 'none' : left.join(', ')}.` +
        (isMarked ? ' \\* before the last change of the source of that way out.' : ''),
    ),
  ]
}
