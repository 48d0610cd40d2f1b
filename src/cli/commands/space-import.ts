// gpt-nas space import-nas-bench-101: the benchmark's official TFRecord file as a CSV table under our canonical keys.
import { createReadStream, createWriteStream, renameSync, rmSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { once } from 'node:events'
import { InvalidArgumentError, type Command } from 'commander'
import { AppError } from '@shared/errors'
import { readOfficialRow } from '@shared/spaces/nas-bench-101/official/row'
import { OfficialTable } from '@shared/spaces/nas-bench-101/official/table'
import { RecordReader } from '@shared/spaces/nas-bench-101/official/tfrecord'
import { runLocally, withJsonOption } from '../command'
import { bar, percent } from '../format'
import { writeLines } from '../line-stream'
import type { Output } from '../output'

interface ImportOptions {
  readonly json?: boolean
  readonly out: string
  readonly epochs: number
}

/** Epochs for which the benchmark trained its runs. */
const EPOCHS = [4, 12, 36, 108]
/** Of file read between two redraws of the bar. */
const PIECE = 4 * 1024 * 1024

function epochsOf(text: string): number {
  const value = Number(text)
  if (!EPOCHS.includes(value)) throw new InvalidArgumentError(`It must be one of ${EPOCHS.join(', ')}.`)
  return value
}

async function read(path: string, table: OfficialTable, output: Output): Promise<number> {
  const size = await stat(path).then(
    (found) => found.size,
    (cause: unknown) => {
      throw new AppError('not-found', `There is no file ${path}.`, 'Check the name and the folder.', { cause })
    },
  )
  const reader = new RecordReader()
  let records = 0
  let done = 0
  for await (const piece of createReadStream(path, { highWaterMark: PIECE }) as AsyncIterable<Buffer>) {
    for (const record of reader.push(piece)) table.add(readOfficialRow(record, records++))
    done += piece.length
    output.live([`${bar(done / size)} ${percent(done / size)}  ${records} records`])
  }
  reader.end()
  return records
}

async function write(path: string, lines: Iterable<string>): Promise<void> {
  const part = `${path}.${process.pid}.part`
  try {
    const stream = createWriteStream(part)
    await once(stream, 'open')
    await writeLines(stream, lines)
    stream.end()
    await once(stream, 'finish')
    renameSync(part, path)
  } catch (thrown) {
    rmSync(part, { force: true })
    if (thrown instanceof AppError) throw thrown
    const reason = thrown instanceof Error ? thrown.message : String(thrown)
    throw new AppError('storage-failed', `${path} cannot be written: ${reason}.`, 'Name a folder that exists.', {
      cause: thrown,
    })
  }
}

export function importCommand(group: Command): void {
  withJsonOption(
    group
      .command('import-nas-bench-101 <file>')
      .description("NAS-Bench-101's official TFRecord file as a CSV table (not seen on the real file)")
      .requiredOption('--out <file>', 'the CSV to write')
      .option('--epochs <number>', `runs to take: ${EPOCHS.join(', ')}`, epochsOf, 108),
  ).action((file: string, options: ImportOptions) =>
    runLocally(options, async (output) => {
      const table = new OfficialTable(options.epochs)
      const records = await read(file, table, output)
      await write(options.out, table.lines())
      output.result(
        { records, cells: table.cells, epochs: options.epochs, file: options.out },
        `${records.toLocaleString('en')} records read; ${table.cells.toLocaleString('en')} cells trained for ${options.epochs} epochs written to ${options.out}`,
      )
    }),
  )
}
