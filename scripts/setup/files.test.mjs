// Files and folders are whole and checked, or not there at all.
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { buildFolder, linkFolder, pinnedFile, sha256 } from './files.mjs'

const content = 'the whole file'
const pin = { file: 'a.bin', sha256: createHash('sha256').update(content).digest('hex'), bytes: content.length }

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'set-up-test-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

describe('pinnedFile', () => {
  const downloading = (text) => (temporary) => writeFile(path.join(temporary, pin.file), text)

  it('keeps a download of the pinned hash and does not fetch it again', async () => {
    const file = await pinnedFile(pin, folder, downloading(content))
    expect(await sha256(file)).toBe(pin.sha256)
    const again = await pinnedFile(pin, folder, () => Promise.reject(new Error('must not download')))
    expect(again).toBe(file)
  })

  it('refuses a truncated download and leaves nothing behind', async () => {
    await expect(pinnedFile(pin, folder, downloading(content.slice(0, 5)))).rejects.toThrow(/has 5 bytes.*expected 14/)
    expect(await readdir(folder)).toEqual([])
  })

  it('refuses a file of the right size and another content', async () => {
    await expect(pinnedFile(pin, folder, downloading('the wrong file'))).rejects.toThrow(/SHA-256/)
    expect(await readdir(folder)).toEqual([])
  })

  it('fetches again what was damaged on the disk', async () => {
    await writeFile(path.join(folder, pin.file), 'damaged')
    expect(await readFile(await pinnedFile(pin, folder, downloading(content)), 'utf8')).toBe(content)
  })

  it('says what a download left when the file is not there', async () => {
    const wrong = (temporary) => writeFile(path.join(temporary, 'other.bin'), content)
    await expect(pinnedFile(pin, folder, wrong)).rejects.toThrow(/left other\.bin/)
  })
})

describe('buildFolder', () => {
  it('shows the folder only when it is complete', async () => {
    const target = path.join(folder, 'result')
    await buildFolder(target, async (temporary) => {
      await writeFile(path.join(temporary, 'one'), '1')
      expect(await readdir(folder)).not.toContain('result')
    })
    expect(await readdir(target)).toEqual(['one'])
  })

  it('leaves the old folder in place and no trace when filling fails', async () => {
    const target = path.join(folder, 'result')
    await mkdir(target)
    await writeFile(path.join(target, 'old'), '')
    const failing = async (temporary) => {
      await writeFile(path.join(temporary, 'half'), '')
      throw new Error('disk full')
    }
    await expect(buildFolder(target, failing)).rejects.toThrow('disk full')
    expect(await readdir(folder)).toEqual(['result'])
    expect(await readdir(target)).toEqual(['old'])
  })
})

describe('linkFolder', () => {
  it('replaces a dangling link and leaves a right one alone', async () => {
    const link = path.join(folder, 'link')
    const target = path.join(folder, 'target')
    await mkdir(target)
    await symlink(path.join(folder, 'gone'), link)
    await linkFolder(target, link)
    await linkFolder(target, link)
    await writeFile(path.join(link, 'file'), '')
    expect(await readdir(target)).toEqual(['file'])
  })
})
