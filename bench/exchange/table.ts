// The tables of docs/exchange.md, between two comments there, so that nobody copies a figure by hand.
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { ZOO_NAMES } from '../../src/shared/architecture/zoo'
import { checkout } from '../harness'
import { WAYS } from './ways'
import { LAYER_CASES, worst, type SeenRow, type ZooRows } from './zoo'

const FILE = path.join(checkout, 'docs', 'exchange.md')

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

const MARK = ' \\*'
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
