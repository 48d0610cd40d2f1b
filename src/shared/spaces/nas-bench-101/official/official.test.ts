// The import of NAS-Bench-101's official file on a small file in its form, written by Google's own protobuf and an
// independent CRC-32C in Python: 12 cells with their published hashes and parameter counts, invented accuracies.
import { describe, expect, it } from 'vitest'
import fixture from '../../../../../tests/fixtures/nas-bench-101-records.json'
import { costOf } from '../../../architecture/cost'
import { createRandom } from '../../../random'
import { parseCellGenotype } from '../genotype'
import { createCellSpace } from '../space'
import { crc32c, maskedCrc32c } from './crc32c'
import { readOfficialRow } from './row'
import { OFFICIAL_COLUMNS, OfficialTable } from './table'
import { RecordReader } from './tfrecord'

const FILE = Uint8Array.from(atob(fixture.tfrecord), (letter) => letter.charCodeAt(0))

function records(file: Uint8Array, pieces: (left: number) => number = (left) => left): Uint8Array[] {
  const reader = new RecordReader()
  const found: Uint8Array[] = []
  for (let at = 0; at < file.length;) {
    const size = Math.min(file.length - at, pieces(file.length - at))
    found.push(...[...reader.push(file.subarray(at, at + size))].map((record) => record.slice()))
    at += size
  }
  reader.end()
  return found
}

const tableOf = (epochs: number): string[][] => {
  const table = new OfficialTable(epochs)
  records(FILE).forEach((record, i) => table.add(readOfficialRow(record, i)))
  return [...table.lines()].map((line) => line.split(','))
}

describe('CRC-32C', () => {
  it.each([
    // RFC 3720, appendix B.4.
    [new Uint8Array(32), 0x8a9136aa],
    [new Uint8Array(32).fill(0xff), 0x62a8ab43],
    [Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
    [new TextEncoder().encode('123456789'), 0xe3069283],
  ])('of %j is the published one', (bytes, expected) => expect(crc32c(bytes)).toBe(expected))
})

describe('TFRecord files', () => {
  it('are read the same in pieces of any size', () => {
    const whole = records(FILE)
    expect(whole).toHaveLength(48)
    const random = createRandom(1)
    expect(records(FILE, () => 1 + random.integer(700))).toEqual(whole)
    expect(records(FILE, () => 1)).toEqual(whole)
  })

  it('with one changed byte anywhere are refused, naming the byte', () => {
    const random = createRandom(2)
    for (let i = 0; i < 200; i++) {
      const damaged = Uint8Array.from(FILE)
      damaged[random.integer(damaged.length)]! ^= 1 << random.integer(8)
      expect(() => records(damaged)).toThrow(/record at byte \d+: (the checksum|it has|the file ends)/)
    }
  })

  it('cut anywhere but between records are refused', () => {
    const ends = new Set([0])
    let at = 0
    for (const record of records(FILE)) ends.add((at += 16 + record.length))
    for (let length = 1; length < 3000; length += 7)
      if (!ends.has(length)) expect(() => records(FILE.subarray(0, length))).toThrow(/ends within it/)
  })

  it('with a huge length and its right checksum do not take the memory', () => {
    const file = new Uint8Array(100)
    const view = new DataView(file.buffer)
    view.setBigUint64(0, 1n << 60n, true)
    view.setUint32(8, maskedCrc32c(file.subarray(0, 8)), true)
    expect(() => records(file)).toThrow(/expected at most 16777216/)
  })
})

describe('the table', () => {
  it('has one row a cell with the means of its runs', () => {
    const [header, ...rows] = tableOf(108)
    expect(header).toEqual([...OFFICIAL_COLUMNS])
    expect(rows).toHaveLength(12)
    const first = Object.fromEntries(OFFICIAL_COLUMNS.map((name, i) => [name, rows[0]![i]]))
    // Runs of 0.8, 0.8001 and 0.8002; 0.79, 0.7899 and 0.7898; 1000.5, 1001.5 and 1002.5 seconds.
    expect(first).toMatchObject({ runs: '3', val_acc: '0.8001', test_acc: '0.7899', train_seconds: '1001.5' })
    expect(first).toMatchObject({ hash: '001a6fcc8b38cbc515be788a86bdc804', params: '1756298' })
    expect(
      tableOf(4)
        .slice(1)
        .map((row) => row[5]),
    ).toEqual(new Array(12).fill('0.4'))
    expect(() => tableOf(36)).toThrow(/no runs of 36 epochs/)
  })

  it('has cells of the space under their canonical keys, with operations that cost what is published', () => {
    const space = createCellSpace()
    for (const [key, , matrix, operations, , , , , , params] of tableOf(108).slice(1)) {
      const genotype = parseCellGenotype({
        space: 'nas-bench-101',
        matrix,
        operations: operations!.split(' ').filter(Boolean),
      })
      expect(space.canonicalKey(genotype)).toBe(key)
      expect([matrix, operations, costOf(space.toGraph(genotype)).parameters]).toEqual([
        matrix,
        operations,
        Number(params),
      ])
    }
  })
})

describe('a record', () => {
  const good = JSON.parse(new TextDecoder().decode(records(FILE)[0]!)) as unknown[]
  const row = (changes: Record<number, unknown>) =>
    new TextEncoder().encode(JSON.stringify(good.map((value, i) => (i in changes ? changes[i] : value))))

  it('is read as it was written', () => {
    expect(readOfficialRow(row({}), 0)).toMatchObject({
      cell: { vertices: 4 },
      epochs: 108,
      parameters: 1756298,
      final: { trainingTime: 1000.5, validationAccuracy: 0.8, testAccuracy: 0.79 },
    })
  })

  it.each([
    [{ 0: 'xyz' }, /record 8: module hash: expected 32 hexadecimal digits/],
    [{ 1: '108' }, /record 8: epochs: /],
    [{ 2: '01100' }, /record 8: adjacency of 5 digits is no square/],
    [{ 2: '0110001000011000' }, /the edge 3 -> 0 does not point forward/],
    [{ 2: '0000000000000000' }, /no path leads from the input to the output/],
    [{ 3: 'input,conv5x5,maxpool3x3,output' }, /"conv5x5" is none of conv1x1-bn-relu/],
    [{ 3: 'input,output' }, /expected input, 2 operations and output/],
    [{ 4: '!!!!' }, /record 8: metrics: /],
    [{ 4: 'AAAA' }, /record 8: metrics: /],
    [{ 4: '' }, /record 8: metrics\.trainableParameters: /],
  ])('is refused with its field: %j', (changes, message) =>
    expect(() => readOfficialRow(row(changes), 7)).toThrow(message),
  )

  it('that is no JSON is refused', () => {
    expect(() => readOfficialRow(new TextEncoder().encode('[1, 2'), 0)).toThrow(/record 1: it is not JSON/)
    expect(() => readOfficialRow(new Uint8Array([0xff, 0xfe]), 0)).toThrow(/record 1: it is not JSON/)
  })
})
