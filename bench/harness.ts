// What every measurement shares: options, the machine it ran on, the report and its exit code.
import { cpus, totalmem } from 'node:os'

export interface Check {
  readonly name: string
  readonly value: number
  /** As text, with its direction: "<= 1.0", "> 0.45". */
  readonly bound: string
  readonly ok: boolean
}

export interface Measured {
  readonly results: Readonly<Record<string, unknown>>
  readonly checks: readonly Check[]
}

export interface BenchOptions {
  /** Under a minute, for seeing that it works; its figures are rough. */
  readonly quick: boolean
  /** A line for the person watching; never part of the JSON. */
  readonly note: (line: string) => void
}

export const atMost = (name: string, value: number, limit: number): Check => ({
  name,
  value,
  bound: `<= ${limit}`,
  ok: value <= limit,
})
export const atLeast = (name: string, value: number, limit: number): Check => ({
  name,
  value,
  bound: `>= ${limit}`,
  ok: value >= limit,
})
export const equal = (name: string, value: number, wanted: number): Check => ({
  name,
  value,
  bound: `= ${wanted}`,
  ok: value === wanted,
})

/** The checkout this measurement belongs to. */
export const checkout = process.env['GPTNAS_ROOT'] ?? process.cwd()

function machine(): Readonly<Record<string, unknown>> {
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 1024 ** 3),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
  }
}

/** Runs a measurement, prints it as text or JSON (`--json`) and ends the process: 0 when every check holds, else 1. */
export async function runBench(title: string, measure: (options: BenchOptions) => Promise<Measured>): Promise<void> {
  const isJson = process.argv.includes('--json')
  const note = (line: string): void => void process.stderr.write(`${line}\n`)
  try {
    const { results, checks } = await measure({ quick: process.argv.includes('--quick'), note })
    const report = { machine: machine(), results, checks }
    process.stdout.write(`${isJson ? JSON.stringify(report, null, 2) : asText(title, report)}\n`)
    process.exit(checks.every(({ ok }) => ok) ? 0 : 1)
  } catch (thrown) {
    note(thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown))
    process.exit(1)
  }
}

function asText(
  title: string,
  { machine: host, results, checks }: Measured & { readonly machine: Readonly<Record<string, unknown>> },
): string {
  const checkLines = checks.map(
    ({ name, value, bound, ok }) =>
      `${ok ? 'ok  ' : 'FAIL'} ${name}: ${Number.isInteger(value) ? value : Number(value.toPrecision(4))} (${bound})`,
  )
  return [title, JSON.stringify(host), JSON.stringify(results, null, 2), ...checkLines].join('\n')
}

/** Middle value; of an even count the lower one. @throws RangeError for an empty list */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('median() needs at least one value')
  return [...values].sort((a, b) => a - b)[(values.length - 1) >> 1]!
}
