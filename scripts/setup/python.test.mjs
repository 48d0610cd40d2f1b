// Archives keep what Electron's needs: permissions and links.
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { unzip } from './python.mjs'
import { attempt } from './shell.mjs'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'set-up-test-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

describe('unzip', () => {
  it('keeps permissions and links, and takes only what was asked for', async () => {
    const make = `
import sys, zipfile
z = zipfile.ZipFile(sys.argv[1], 'w')
def add(name, text, mode):
    i = zipfile.ZipInfo(name); i.external_attr = mode << 16; z.writestr(i, text)
add('in/run', 'x', 0o100755); add('in/link', 'run', 0o120777); add('out/other', 'x', 0o100644); z.close()`
    const archive = path.join(folder, 'a.zip')
    expect((await attempt('python3', ['-c', make, archive])).code).toBe(0)
    const target = path.join(folder, 'target')
    await mkdir(target)
    await unzip(archive, target, ['in/'])
    expect(await readdir(target)).toEqual(['in'])
    expect((await stat(path.join(target, 'in', 'link'))).mode & 0o777).toBe(0o755)
  })
})
