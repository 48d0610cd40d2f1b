// Places that a person picked, by what they are and not by how they are written.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createChosenPlaces } from './chosen-places'

let folder: string
const at = (name: string) => path.join(folder, name)
beforeEach(() => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'chosen-')))
  mkdirSync(at('pictures'))
  symlinkSync(at('pictures'), at('link'))
})
afterEach(() => rmSync(folder, { recursive: true }))

it('covers what was picked and what lies in it, and nothing beside it', async () => {
  const chosen = createChosenPlaces()
  expect(chosen.covers(at('pictures'), 'write')).toBe(false)
  expect(await chosen.add(at('pictures'))).toBe(at('pictures'))
  for (const place of ['pictures', 'pictures/cats', 'pictures/..strange'])
    expect(chosen.covers(at(place), 'write')).toBe(true)
  for (const place of ['', 'pictures-2', 'other']) expect(chosen.covers(at(place), 'write')).toBe(false)
})

it('knows a link by what it leads to, and a place that is still to be made', async () => {
  const chosen = createChosenPlaces()
  expect(await chosen.add(at('link'))).toBe(at('link'))
  await chosen.add(at('new/model'))
  expect(chosen.covers(at('pictures'), 'write')).toBe(true)
  expect(chosen.covers(at('new/model'), 'write')).toBe(true)
  expect(chosen.covers(at('new'), 'write')).toBe(false)
})

it('lets what was dropped be read, and nothing be written there', async () => {
  const chosen = createChosenPlaces()
  expect(await chosen.addDropped(at('link'))).toBe(at('link'))
  expect(chosen.covers(at('pictures/cats'), 'read')).toBe(true)
  expect(chosen.covers(at('pictures/cats'), 'write')).toBe(false)
  await chosen.add(at('pictures'))
  expect(chosen.covers(at('pictures/cats'), 'write')).toBe(true)
})
