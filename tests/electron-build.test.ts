// The constant of the sources and the pins of set-up are one truth.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { BUILT_FOR_ELECTRON, isStandInElectron } from '../src/shared/runtime/electron-build'

const json = (file: string): unknown => JSON.parse(readFileSync(resolve(__dirname, '..', file), 'utf8'))

it('the Electron that the product is built for is the one that package.json names', () => {
  const { devDependencies } = json('package.json') as { devDependencies: Record<string, string> }
  expect(BUILT_FOR_ELECTRON).toBe(devDependencies['electron'])
})

it('the pinned stand-in is told from it', () => {
  const { electronStandIn } = json('scripts/setup/pins.json') as { electronStandIn: { electron: string } }
  expect(isStandInElectron(electronStandIn.electron)).toBe(true)
  expect(isStandInElectron(BUILT_FOR_ELECTRON)).toBe(false)
})
