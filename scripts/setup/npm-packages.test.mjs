// When node_modules counts as installed.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { matchesLock } from './npm-packages.mjs'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'set-up-test-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

describe('matchesLock', () => {
  const locked = {
    '': {},
    'node_modules/a': { version: '1.0.0', integrity: 'x' },
    'node_modules/b': { version: '2.0.0', optional: true },
  }
  const write = async (installed) => {
    await mkdir(path.join(folder, 'node_modules'), { recursive: true })
    await writeFile(path.join(folder, 'package-lock.json'), JSON.stringify({ packages: locked }))
    await writeFile(path.join(folder, 'node_modules', '.package-lock.json'), JSON.stringify({ packages: installed }))
    for (const place of Object.keys(installed)) {
      await mkdir(path.join(folder, place), { recursive: true })
      await writeFile(path.join(folder, place, 'package.json'), '{}')
    }
  }

  it.each([
    [
      'all but an optional package of another platform',
      { 'node_modules/a': { version: '1.0.0', integrity: 'x' } },
      true,
    ],
    ['an older version', { 'node_modules/a': { version: '0.9.0', integrity: 'x' } }, false],
    ['another content', { 'node_modules/a': { version: '1.0.0', integrity: 'y' } }, false],
    [
      'a package too many',
      { 'node_modules/a': { version: '1.0.0', integrity: 'x' }, 'node_modules/c': { version: '1.0.0' } },
      false,
    ],
    ['nothing', {}, false],
  ])('%s', async (_name, installed, expected) => {
    await write(installed)
    expect(await matchesLock(folder)).toBe(expected)
  })

  it('is false when a folder that npm recorded is gone', async () => {
    await write({ 'node_modules/a': { version: '1.0.0', integrity: 'x' } })
    await rm(path.join(folder, 'node_modules/a'), { recursive: true })
    expect(await matchesLock(folder)).toBe(false)
  })

  it('is false without node_modules', async () => {
    expect(await matchesLock(folder)).toBe(false)
  })
})
