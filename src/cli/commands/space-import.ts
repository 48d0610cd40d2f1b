// gpt-nas space import-nas-bench-101: the benchmark's official TFRecord file as a CSV table under our canonical keys.
import { stat } from 'node:fs/promises'
import { InvalidArgumentError, type Command } from 'commander'
import { readOfficialRow } from '@shared/spaces/nas-bench-101/official/row'
import { OfficialTable } from '@shared/spaces/nas-bench-101/official/table'
import { RecordReader } from '@shared/spaces/nas-bench-101/official/tfrecord'
import { MIB } from '@shared/units'
import { readInPieces } from '@node/read-file'
import { safeFile } from '@node/safe-target'
import { writeFileWhole } from '@node/whole-file'
import { runLocally, withJsonOption } from '../command'
import { bar, percent } from '../format'

interface ImportOptions {
  readonly json?: boolean
  readonly out: string
  readonly epochs: number
}

/** Epochs for which the benchmark trained its runs. */
const EPOCHS = [4, 12, 36, 108]
/** Of file read between two redraws of the bar, and written at once. */
const PIECE = 4 * MIB

function epochsOf(text: string): number {
  const value = Number(text)
  if (!EPOCHS.includes(value)) throw new InvalidArgumentError(`It must be one of ${EPOCHS.join(', ')}.`)
  return value
}

/**
 * Reads the benchmark's file into `table`.
 * @param watch is told the share that is read, and the records so far
 * @returns how many records there were
 * @throws AppError as `readInPieces`, and `invalid-input` for a file that is no such one
 */
export async function readRecords(
  path: string,
  table: OfficialTable,
  watch: (share: number, records: number) => void,
): Promise<number> {
  // For the bar; what is wrong with the file is told when it is opened.
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  )
  const reader = new RecordReader()
  let records = 0
  let done = 0
  for await (const piece of readInPieces(path, { what: 'TFRecord file', pieceBytes: PIECE })) {
    for (const record of reader.push(piece)) table.add(readOfficialRow(record, records++))
    done += piece.length
    watch(done / size, records)
  }
  reader.end()
  return records
}

function* inPieces(lines: Iterable<string>): Generator<string> {
  let piece = ''
  for (const line of lines) {
    piece += `${line}\n`
    if (piece.length < PIECE) continue
    yield piece
    piece = ''
  }
  if (piece !== '') yield piece
}

export function importCommand(group: Command): void {
  withJsonOption(
    group
      .command('import-nas-bench-101 <file>')
      .description("NAS-Bench-101's official TFRecord file as a CSV table (not seen on the real file)")
      .requiredOption('--out <file>', 'the CSV to write, a new file')
      .option('--epochs <number>', `runs to take: ${EPOCHS.join(', ')}`, epochsOf, 108),
  ).action((file: string, options: ImportOptions) =>
    runLocally(options, async (output) => {
      // Before minutes of reading: a name that is taken is known at once.
      const out = await safeFile(options.out)
      const table = new OfficialTable(options.epochs)
      const records = await readRecords(file, table, (share, count) =>
        output.live([`${bar(share)} ${percent(share)}  ${count} records`]),
      )
      await writeFileWhole(out, inPieces(table.lines()))
      output.result(
        { records, cells: table.cells, epochs: options.epochs, file: options.out },
        `${records.toLocaleString('en')} records read; ${table.cells.toLocaleString('en')} cells trained for ${options.epochs} epochs written to ${options.out}`,
      )
    }),
  )
}
