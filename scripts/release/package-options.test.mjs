// What `npm run package` makes of the Electron in place: nothing for users on a stand-in, a marked package for testing.
import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { electronExecutable } from '../setup/electron-runtime.mjs'
import { SetupFailure } from '../setup/failure.mjs'
import { laterFuses } from './fuses.mjs'
import { packageOptions, targetsOf } from './package-options.mjs'

describe('a package', () => {
  it('for users is refused on any Electron but the one that package.json names, with both ways on', () => {
    const make = () => packageOptions({ forTesting: false, electronVersion: '22.3.25', wanted: '45.4.1' })
    expect(make).toThrow(SetupFailure)
    expect(make).toThrow(/needs Electron 45\.4\.1.*22\.3\.25, the stand-in/)
    try {
      make()
    } catch (error) {
      expect(error.fix).toContain('--electron vendor')
      expect(error.fix).toContain('--for-testing')
    }
  })

  it('for users carries no mark', () => {
    const options = packageOptions({ forTesting: false, electronVersion: '45.4.1', wanted: '45.4.1' })
    expect(options).toEqual({ productName: 'GPT-NAS Workbench', directories: { output: 'dist' }, publish: null })
  })

  it.each(['22.3.25', '45.4.1'])('for testing is marked on Electron %s too', (electronVersion) => {
    const options = packageOptions({ forTesting: true, electronVersion, wanted: '45.4.1' })
    expect(options.productName).toBe('GPT-NAS Workbench (for testing)')
    expect(options.extraMetadata).toEqual({ productName: 'GPT-NAS Workbench (for testing)', forTesting: true })
    expect(options.directories.output).toBe('dist/for-testing')
  })
})

it.skipIf(!existsSync(electronExecutable()))('a fuse is either set or told as missing', async () => {
  const { fuses, missing } = await laterFuses(electronExecutable())
  expect([...Object.keys(fuses), ...missing]).toEqual(['grantFileProtocolExtraPrivileges'])
  if (missing.length === 0) expect(fuses).toEqual({ grantFileProtocolExtraPrivileges: false })
})

it('makes the installers that are asked for, and no target that nothing is set for', () => {
  expect(targetsOf(undefined)).toEqual([])
  expect(targetsOf('deb, AppImage')).toEqual(['deb', 'AppImage'])
  expect(() => targetsOf('snap')).toThrow('no target "snap"')
})
