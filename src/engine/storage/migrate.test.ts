import { existsSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../testing/temporary-folder'
import { openDatabase } from './database'
import { databaseVersion, migrate } from './migrate'
import { MIGRATIONS } from './migrations'
import type { Migration } from './migrations/migration'

const first: Migration = {
  number: 1,
  name: 'one',
  statements: ['CREATE TABLE a (x INTEGER)', 'INSERT INTO a VALUES (7)'],
}
const second: Migration = { number: 2, name: 'two', statements: ['ALTER TABLE a ADD COLUMN y TEXT'] }
const broken: Migration = {
  number: 3,
  name: 'three',
  statements: ['CREATE TABLE c (x)', 'INSERT INTO missing VALUES (1)'],
}

describe('migrations', () => {
  it('are numbered from 1 without gaps', () =>
    expect(MIGRATIONS.map(({ number }) => number)).toEqual(MIGRATIONS.map((_, index) => index + 1)))

  it('apply once, in order, and copy a database with content first', () => {
    const folder = temporaryFolder()
    const database = openDatabase(path.join(folder, 'a.sqlite'))
    expect(migrate(database, folder, [first])).toEqual([1])
    expect(migrate(database, folder, [first, second])).toEqual([2])
    expect(migrate(database, folder, [first, second])).toEqual([])
    expect(database.query('SELECT x, y FROM a')).toEqual([{ x: 7, y: null }])
    database.close()
    const copy = openDatabase(path.join(folder, 'workspace-before-2.sqlite'))
    expect(databaseVersion(copy)).toBe(1)
    expect(copy.query('SELECT * FROM a')).toEqual([{ x: 7 }])
    copy.close()
  })

  it('undo a step that fails and keep the steps before it', () => {
    const folder = temporaryFolder()
    const database = openDatabase(path.join(folder, 'a.sqlite'))
    expect(() => migrate(database, folder, [first, second, broken])).toThrow(/Migration 3 \(three\).*undone/)
    expect(databaseVersion(database)).toBe(2)
    expect(database.query("SELECT name FROM sqlite_master WHERE name = 'c'")).toEqual([])
    database.close()
  })

  it('refuse a newer database and leave it alone', () => {
    const folder = temporaryFolder()
    const database = openDatabase(path.join(folder, 'a.sqlite'))
    migrate(database, folder, [first, second])
    expect(() => migrate(database, folder, [first])).toThrow(/version 2.*up to 1/)
    expect(existsSync(path.join(folder, 'workspace-before-2.sqlite'))).toBe(false)
    database.close()
  })
})
