// Figures of the zoo's networks that the repository keeps (seen.csv), so that what one machine has measured is not lost with its cache:
// another one goes on where it ended. Each has the hash of what decided it, and counts only as long as that is the same (decision 145).
import { readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { keyOf } from '../accuracy/kept'
import { errorCode } from '../../src/node/file-error'
import { checkout } from '../harness'
import type { Row } from './measure-case'

const FILE = path.join(checkout, 'bench', 'exchange', 'seen.csv')
const HEAD = ['name', 'way', 'pixels', 'key', 'difference', 'own', 'verdict', 'MiB', 'ms', 'runtime'] as const
/** Of a hash: enough to tell any two sources apart. */
const KEY_LETTERS = 16

interface SeenFigure {
  readonly key: string
  readonly row: Row
}

/** Numbers that were not told are NaN, which JSON gives as null. */
const numberIn = (cell: string | undefined): number => (cell === undefined || cell === '' ? NaN : Number(cell))
const cellOf = (value: number): string => (Number.isNaN(value) ? '' : String(Number(value.toPrecision(3))))

/** @throws RangeError for a line that is none */
export function parseSeen(text: string): SeenFigure[] {
  const [, ...lines] = text.trim().split('\n')
  return lines.map((line) => {
    const [name = '', way = '', pixels, key = '', difference, own, verdict = '', mib, ms, ...runtime] = line
      .split(';')
      .map((cell) => cell.trim())
    if (Number.isNaN(numberIn(difference))) throw new RangeError(`${FILE} has the line "${line.slice(0, 100)}"`)
    const figures = { difference: numberIn(difference), sensitivity: numberIn(own), mib: numberIn(mib) }
    const rest = { samePredictions: verdict === 'equal', milliseconds: numberIn(ms), runtime: runtime.join(';') }
    return { key, row: { name, way, input: numberIn(pixels), ...figures, verdict, ...rest, problem: null } }
  })
}

export const seenText = (figures: readonly SeenFigure[]): string =>
  [
    HEAD.join(';'),
    ...figures
      .map(({ key, row }) =>
        [
          ...[row.name, row.way, String(row.input), key, cellOf(row.difference ?? NaN), cellOf(row.sensitivity)],
          ...[row.verdict, cellOf(row.mib), cellOf(row.milliseconds), row.runtime],
        ].join(';'),
      )
      .sort(),
    '',
  ].join('\n')

/** A figure that is sought: its network, way out and pixels. */
export type Place = Pick<Row, 'name' | 'way' | 'input'>

const placeOf = ({ name, way, input }: Place): string => `${name};${way};${input}`

export interface Seen {
  /** Null where it was not seen, or something else decided it. */
  find(place: Place, decisive: unknown): Row | null
  /** Whatever decided it. */
  earlier(place: Place): Row | null
  /** Writes figures into the file; what it has of others stays. */
  write(figures: readonly { readonly row: Row; readonly decisive: unknown }[]): Promise<void>
}

/** @throws RangeError for a file that is none */
export async function seenFigures(): Promise<Seen> {
  const figures = new Map((await stored()).map((figure) => [placeOf(figure.row), figure]))
  const shortKey = (decisive: unknown): string => keyOf(decisive).slice(0, KEY_LETTERS)
  return {
    find(place, decisive) {
      const found = figures.get(placeOf(place))
      return found?.key === shortKey(decisive) ? found.row : null
    },
    earlier: (place) => figures.get(placeOf(place))?.row ?? null,
    async write(given) {
      for (const { row, decisive } of given) figures.set(placeOf(row), { key: shortKey(decisive), row })
      await writeFile(`${FILE}.partial`, seenText([...figures.values()]))
      await rename(`${FILE}.partial`, FILE)
    },
  }
}

async function stored(): Promise<SeenFigure[]> {
  try {
    return parseSeen(await readFile(FILE, 'utf8'))
  } catch (thrown) {
    if (errorCode(thrown) === 'ENOENT') return []
    throw thrown
  }
}
