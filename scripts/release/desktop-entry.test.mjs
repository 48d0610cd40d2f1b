// The menu entry is installed below one folder, names the program where it lies, and goes away without a trace; icons have the
// sizes that their names say.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { PNG } from 'pngjs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { root } from '../setup/paths.mjs'

let home
beforeEach(() => (home = mkdtempSync(path.join(os.tmpdir(), 'gpt-nas-desktop-'))))
afterEach(() => rmSync(home, { recursive: true, force: true }))

/** An unpacked application as electron-builder.yml lays it out, without the application. */
function application(name) {
  const folder = path.join(home, name)
  mkdirSync(folder)
  writeFileSync(path.join(folder, 'gpt-nas-workbench'), '#!/bin/sh\n', { mode: 0o755 })
  cpSync(path.join(root, 'build', 'linux'), path.join(folder, 'desktop'), { recursive: true })
  cpSync(path.join(root, 'build', 'icons'), path.join(folder, 'desktop', 'icons'), { recursive: true })
  return folder
}

const data = () => path.join(home, 'data')
const install = (folder, ...args) =>
  execFileSync(path.join(folder, 'desktop', 'install-desktop-entry.sh'), args, {
    env: { PATH: process.env.PATH, HOME: home, XDG_DATA_HOME: data() },
    encoding: 'utf8',
    stdio: 'pipe',
  })
const files = () =>
  readdirSync(data(), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.startsWith('gpt-nas-workbench'))
    .map((entry) => path.relative(data(), path.join(entry.parentPath ?? entry.path, entry.name)))

test('the entry names the program where it lies, spaces included', () => {
  const folder = application('GPT-NAS Workbench 1.0')
  install(folder)
  const entry = readFileSync(path.join(data(), 'applications', 'gpt-nas-workbench.desktop'), 'utf8')
  expect(entry).toContain(`\nExec="${path.join(folder, 'gpt-nas-workbench')}"\n`)
  expect(readFileSync(path.join(data(), 'mime', 'packages', 'gpt-nas-workbench.xml'), 'utf8')).toContain(
    '*.gptnas.json',
  )
  expect(files()).toContain(path.join('icons', 'hicolor', '48x48', 'apps', 'gpt-nas-workbench.png'))
})

test('--remove takes away what was installed and nothing else', () => {
  const folder = application('app')
  install(folder)
  const other = path.join(data(), 'applications', 'other.desktop')
  writeFileSync(other, 'theirs')
  install(folder, '--remove')
  expect(files()).toEqual([])
  expect(readFileSync(other, 'utf8')).toBe('theirs')
})

test('a path that an entry cannot name is refused before anything is written', () => {
  const folder = application('a$HOME')
  expect(() => install(folder)).toThrow(/cannot name/)
  expect(() => files()).toThrow()
})

test('every icon is square and as large as its name says', () => {
  const folder = path.join(root, 'build', 'icons')
  for (const name of readdirSync(folder)) {
    const { width, height } = PNG.sync.read(readFileSync(path.join(folder, name)))
    expect(`${width}x${height}.png`).toBe(name)
  }
})
