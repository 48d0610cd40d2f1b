// The archive of an application: one folder of its own, nobody's as owner, and complete or not there.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { archiveOf } from './archive.mjs'

let parent = ''
beforeEach(() => (parent = mkdtempSync(path.join(tmpdir(), 'archive of '))))
afterEach(() => rmSync(parent, { recursive: true, force: true }))

it('holds the application in a folder of its name', async () => {
  mkdirSync(path.join(parent, 'linux-unpacked/resources'), { recursive: true })
  writeFileSync(path.join(parent, 'linux-unpacked/gpt-nas'), '#!/bin/sh\n', { mode: 0o755 })
  const file = await archiveOf(path.join(parent, 'linux-unpacked'), 'workbench-1.0.0')
  expect(file).toBe(path.join(parent, 'workbench-1.0.0.tar.gz'))
  const listed = execFileSync('tar', ['-tvzf', file], { encoding: 'utf8' })
  expect(
    listed
      .trimEnd()
      .split('\n')
      .map((line) => line.split(' ').at(-1)),
  ).toEqual(['workbench-1.0.0/', 'workbench-1.0.0/gpt-nas', 'workbench-1.0.0/resources/'])
  expect(listed).toMatch(/-rwxr-xr-x root\/root .*gpt-nas/)
})

it('that cannot be written leaves no half of one', async () => {
  await expect(archiveOf(path.join(parent, 'nowhere'), 'x')).rejects.toThrow(/tar could not pack/)
  expect(readdirSync(parent)).toEqual([])
})
