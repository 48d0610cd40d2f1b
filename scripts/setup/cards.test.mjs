// Which build set-up takes, with stand-ins for nvidia-smi.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cardNames, takeRuntime, wantedRuntime } from './cards.mjs'

let folder
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'cards-'))))
afterEach(() => rmSync(folder, { recursive: true }))

function program(lines) {
  const file = path.join(folder, 'nvidia-smi')
  writeFileSync(file, `#!/bin/sh\n${lines}\n`)
  chmodSync(file, 0o755)
  return file
}
const CARD = 'echo "GPU 0: NVIDIA GeForce RTX 4090 (UUID: GPU-8f2c)"; echo "GPU 1: NVIDIA A100 80GB (UUID: GPU-5d5b)"'

describe('set-up asks nvidia-smi', () => {
  it('and knows the cards by name', () =>
    expect(cardNames(program(CARD))).toEqual(['NVIDIA GeForce RTX 4090', 'NVIDIA A100 80GB']))

  it.each([
    ['is not there', () => '/nowhere/nvidia-smi'],
    ['finds no card', () => program('echo "No devices were found"; exit 6')],
    ['cannot reach the driver', () => program(`${CARD}; exit 9`)],
    ['hangs', () => program('exec sleep 60')],
  ])('and takes no card where it %s', (_how, smi) => expect(cardNames(smi(), 500)).toEqual([]))
})

describe('the build that set-up takes', () => {
  const wanted = (option, cards = ['NVIDIA A', 'NVIDIA A']) =>
    wantedRuntime(option, { cards: () => cards, cache: folder })
  const choose = (id) => {
    mkdirSync(path.join(folder, 'runtimes'), { recursive: true })
    writeFileSync(path.join(folder, 'runtimes', 'chosen.json'), JSON.stringify({ id }))
  }

  it('is the one for cards where there is a card, and its size is said', () => {
    const { install, text } = wanted(undefined)
    expect(install).toBe('cuda12')
    expect(text).toMatch(
      /^NVIDIA A found: .*\(3\.\d GB to download, \d\.\d GB on the disk\)\. --runtime cpu leaves it out\.\n$/,
    )
    expect(wanted(undefined, [])).toEqual({ install: null, isAsked: false, text: '' })
  })

  it('is what an option says, card or not', () => {
    expect(wanted('cpu').install).toBeNull()
    expect(wanted('cuda12', [])).toMatchObject({ install: 'cuda12', isAsked: true })
  })

  it('is what was chosen before, unless an option says otherwise', () => {
    choose('cpu')
    expect(wanted(undefined).install).toBeNull()
    expect(wanted('cuda12').install).toBe('cuda12')
    choose('cuda12')
    expect(wanted('cuda12').install).toBeNull()
  })
})

describe('the option --runtime', () => {
  it.each([
    [['--workspace', 'x'], undefined, ['--workspace', 'x']],
    [['--runtime', 'cpu', '--workspace', 'x'], 'cpu', ['--workspace', 'x']],
    [['--workspace', 'x', '--runtime=cuda12'], 'cuda12', ['--workspace', 'x']],
  ])('is taken out of %j', (args, runtime, rest) => expect(takeRuntime(args)).toEqual({ runtime, rest }))

  it.each([[['--runtime', 'rocm']], [['--runtime']]])('%j is refused', (args) =>
    expect(() => takeRuntime(args)).toThrow(/cpu or cuda12 was expected/),
  )
})
