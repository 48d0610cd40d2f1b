import { mkdtempSync, openSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { AppError } from '@shared/errors'
import { fileError } from './file-error'

const folder = mkdtempSync(path.join(tmpdir(), 'gpt-nas-file-error-'))
afterAll(() => rmSync(folder, { recursive: true }))

function messageOf(place: string, act: () => unknown): string {
  try {
    act()
  } catch (thrown) {
    const error = fileError(`read ${place}`, thrown)
    if (error instanceof AppError) return `${error.message} ${error.fix}`
  }
  throw new Error('it should have failed with a code')
}

describe('what the file system refuses', () => {
  it('names the path once, says why in words, and what to do', () => {
    const [absent, file, deep] = [
      path.join(folder, 'absent'),
      path.join(folder, 'file'),
      path.join(folder, 'file', 'x'),
    ]
    writeFileSync(file, '')
    expect(messageOf(absent, () => openSync(absent, 'r'))).toBe(
      `Could not read ${absent}: there is no such file or folder. Check the path, or choose it again.`,
    )
    expect(messageOf(deep, () => openSync(deep, 'r'))).toContain('a part of the path is a file')
    expect(messageOf(file, () => mkdirSync(file))).toContain('something is there already')
    const system = Object.assign(new Error(`EIO: i/o error, read '${file}'`), { code: 'EIO' })
    expect(messageOf(file, () => raise(system))).toMatch(/: i\/o error \(EIO\)\. Check/)
  })

  it('is left as it is where the cause is no file', () => {
    const bug = new TypeError('x is not a function')
    expect(fileError('read it', bug)).toBe(bug)
  })
})

function raise(error: Error): never {
  throw error
}
