import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isPage, PAGE_URL, resolveRequest } from './page'

let folder = ''
let root = ''
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gptnas-page-'))
  root = path.join(folder, 'renderer')
  mkdirSync(path.join(root, 'assets'), { recursive: true })
  writeFileSync(path.join(root, 'index.html'), '')
  writeFileSync(path.join(root, 'assets', 'a b.js'), '')
  writeFileSync(path.join(folder, 'secret.txt'), '')
  mkdirSync(path.join(folder, 'renderer-of-another'))
  writeFileSync(path.join(folder, 'renderer-of-another', 'index.html'), '')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('what an address may see', () => {
  it('is a file of the renderer', () => {
    expect(resolveRequest(root, PAGE_URL)).toBe(path.join(root, 'index.html'))
    expect(resolveRequest(root, 'app://workbench/assets/a%20b.js?v=1#x')).toBe(path.join(root, 'assets', 'a b.js'))
  })

  it.each([
    'app://workbench/../secret.txt',
    'app://workbench/%2e%2e/secret.txt',
    'app://workbench/..%2fsecret.txt',
    'app://workbench/assets/..%2f..%2frenderer-of-another%2findex.html',
    'app://elsewhere/index.html',
    'file:///etc/passwd',
    'app://workbench/',
    'app://workbench/assets',
    'app://workbench/absent.js',
    'app://workbench/%',
    'app://workbench/%00',
    'no address',
  ])('is not %s', (url) => expect(resolveRequest(root, url)).toBeUndefined())

  it('and only the page may ask main for anything', () => {
    expect([PAGE_URL, `${PAGE_URL}#/search`].map(isPage)).toEqual([true, true])
    expect(['app://workbench/other.html', `${PAGE_URL}?x`, 'https://example.org/', ''].map(isPage)).toEqual(
      Array.from({ length: 4 }, () => false),
    )
  })
})
