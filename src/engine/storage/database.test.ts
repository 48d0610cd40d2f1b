import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../testing/temporary-folder'
import { bindable, openDatabase } from './database'

describe('what may be bound', () => {
  it.each([
    [true, 1],
    [false, 0],
    [undefined, null],
    [null, null],
    ['text', 'text'],
    [1.5, 1.5],
    [new Date(0), '1970-01-01T00:00:00.000Z'],
  ])('%s becomes %s', (value, bound) => expect(bindable(value)).toBe(bound))

  it.each([[Number.NaN], [Infinity], [{}], [[1]], [() => 1]])('refuses %s', (value) =>
    expect(() => bindable(value)).toThrow(TypeError),
  )
})

describe('the database file', () => {
  it.each([1.3e16, 2 ** 53, -1e20, 1e300])('keeps the float %s as it is', (value) => {
    const database = openDatabase(path.join(temporaryFolder(), 'a.sqlite'))
    database.exec('CREATE TABLE t (a REAL)')
    database.prepare('INSERT INTO t VALUES (?)').run([value])
    expect(database.query<{ a: number }>('SELECT a FROM t')).toEqual([{ a: value }])
    database.close()
  })

  it('survives booleans, which abort the bare driver, and keeps text, numbers and bytes', () => {
    const database = openDatabase(path.join(temporaryFolder(), 'a.sqlite'))
    database.exec('CREATE TABLE t (a, b, c, d)')
    database.prepare('INSERT INTO t VALUES (?, ?, ?, ?)').run([true, 'ä', 0.1, new Uint8Array([1, 2])])
    const [row] = database.query<{ a: number; b: string; c: number; d: ArrayBuffer }>('SELECT * FROM t')
    expect(row).toMatchObject({ a: 1, b: 'ä', c: 0.1 })
    expect([...new Uint8Array(row!.d)]).toEqual([1, 2])
    database.close()
  })

  it('is in write-ahead mode, flushes every commit and checks foreign keys', () => {
    const database = openDatabase(path.join(temporaryFolder(), 'a.sqlite'))
    expect(database.query('PRAGMA journal_mode')).toEqual([{ journal_mode: 'wal' }])
    expect(database.query('PRAGMA synchronous')).toEqual([{ synchronous: 2 }])
    expect(database.query('PRAGMA foreign_keys')).toEqual([{ foreign_keys: 1 }])
    database.close()
  })

  it('names what stands in its place, which SQLite takes for a failing disk', () => {
    const folder = temporaryFolder()
    const place = (name: string): string => path.join(folder, name)
    execFileSync('mkfifo', [place('pipe')])
    symlinkSync('loop', place('loop'))
    expect(() => openDatabase(place('pipe'))).toThrow(/pipe is a pipe: a database was expected/)
    expect(() => openDatabase(folder)).toThrow(/is a folder: a database was expected/)
    expect(() => openDatabase('/dev/zero')).toThrow(/is a device: a database was expected/)
    expect(() => openDatabase(place('loop'))).toThrow(/links lead in a circle/)
  })

  it('says what to do about a file that is no database, and about a folder that is not there', () => {
    const folder = temporaryFolder()
    const file = path.join(folder, 'a.sqlite')
    writeFileSync(file, 'this is not a database'.repeat(200))
    const failure = { code: 'storage-failed', fix: expect.stringContaining('backups') as string }
    expect(() => openDatabase(file)).toThrow(expect.objectContaining(failure) as Error)
    expect(() => openDatabase(path.join(folder, 'no', 'a.sqlite'))).toThrow(
      expect.objectContaining({ code: 'storage-failed' }) as Error,
    )
    mkdirSync(path.join(folder, 'b.sqlite'))
    expect(() => openDatabase(path.join(folder, 'b.sqlite'))).toThrow(
      expect.objectContaining({ code: 'storage-failed' }) as Error,
    )
  })
})
