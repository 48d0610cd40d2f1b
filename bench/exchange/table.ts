// The tables of docs/exchange.md, between two comments there, so that nobody copies a figure by hand.
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { checkout } from '../harness'
import type { Row } from './measure-case'
import { WAYS } from './ways'
import { worst, type ZooRows } from './zoo'

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

const figure = (row: Row | undefined): string => row?.difference?.toExponential(1) ?? 'not seen'

/** The largest difference of each network, by the way out; `own` is how far a rounding of the image moves its scores. */
export function zooTable({ layers, networks }: ZooRows): string[] {
  const names = [...new Set(networks.map(({ name }) => name))].sort()
  const cells = (of: (way: string) => string): string => WAYS.map(({ title }) => of(title)).join(' | ')
  const whole = (way: string): string => {
    const own = layers.filter((row) => row.way === way)
    return own.length === 0 ? 'not seen' : worst(own).toExponential(1)
  }
  const lines = names.map((name) => {
    const own = networks.filter((row) => row.name === name)
    const sides = [...new Set(own.map(({ input }) => input))].sort((a, b) => b - a).join(', ')
    const sensitivity = Math.max(...own.map((row) => row.sensitivity)).toExponential(1)
    return `| ${name} | ${sides} | ${cells((way) => figure(own.find((row) => row.way === way)))} | ${sensitivity} |`
  })
  const caseCount = new Set(layers.map(({ name }) => name)).size
  return [
    `| network | pixels | ${WAYS.map(({ title }) => title).join(' | ')} | own |`,
    `|---|---:|${'---:|'.repeat(WAYS.length)}---:|`,
    ...(caseCount === 0 ? [] : [`| ${caseCount} layers and blocks | 7 x 6 | ${cells(whole)} | |`]),
    ...lines,
  ]
}
