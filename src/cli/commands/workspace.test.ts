// The copies of a database are listed and put back without an engine, also where the database of today is none any more.
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { backUpDaily } from '../../engine/storage/backups'
import { DATABASE_FILE, openStore } from '../../engine/storage/store'
import { workspaceCommand } from './workspace'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'workspace-command-'))
})
afterEach(() => {
  vi.restoreAllMocks()
  process.exitCode = undefined
  rmSync(folder, { recursive: true })
})

async function run(...words: string[]): Promise<{ out: string; err: string; code: number }> {
  const written = { out: '', err: '' }
  vi.spyOn(process.stdout, 'write').mockImplementation((piece) => ((written.out += String(piece)), true))
  vi.spyOn(process.stderr, 'write').mockImplementation((piece) => ((written.err += String(piece)), true))
  const program = new Command('gpt-nas').exitOverride()
  workspaceCommand(program)
  await program.parseAsync(['node', 'gpt-nas', 'workspace', ...words, '--workspace', folder])
  vi.restoreAllMocks()
  return { ...written, code: Number(process.exitCode ?? 0) }
}

it('says where copies will lie as long as there are none', async () => {
  const { out, code } = await run('backups')
  expect(code).toBe(0)
  expect(out).toContain('There are none in')
})

it('lists a copy, puts it in the place of a damaged database, and keeps that one', async () => {
  const store = openStore(folder)
  const copy = await backUpDaily(store)
  await store.close()
  expect((await run('backups')).out).toContain(copy)
  writeFileSync(join(folder, DATABASE_FILE), 'damaged')
  const restored = await run('restore', copy!)
  expect(restored).toMatchObject({ code: 0, err: '' })
  expect(restored.out).toMatch(/The one before is .*replaced-/)
  const again = openStore(folder)
  expect(again.readOnly).toBe(false)
  await again.close()
})

it('refuses what is no copy with exit code 1 and what to do', async () => {
  const file = join(folder, 'letter.txt')
  writeFileSync(file, 'a letter')
  copyFileSync(file, join(folder, DATABASE_FILE))
  const { err, code } = await run('restore', file)
  expect(code).toBe(1)
  expect(err).toMatch(/cannot be put back.*Choose another copy/s)
})
