// electron-builder.yml holds against electron-builder's own schema, as `npm run package` completes it, and names files that are there.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../setup/paths.mjs'
import { icnsOf, icoOf } from './icon-files.mjs'
import { packageOptions } from './package-options.mjs'

const require = createRequire(import.meta.url)
const builder = createRequire(require.resolve('electron-builder'))
const { validateConfiguration } = builder('app-builder-lib/out/util/config/config')
const { load } = createRequire(builder.resolve('app-builder-lib'))('js-yaml')

const settings = () => load(readFileSync(path.join(root, 'electron-builder.yml'), 'utf8'))
const check = (config) => validateConfiguration(config, { isEnabled: false, add: () => undefined })
const forUsers = { forTesting: false, electronVersion: '45.4.1', wanted: '45.4.1' }

describe('the settings of the package', () => {
  it('are what electron-builder understands, for users and for testing, with a feed and without', async () => {
    for (const options of [
      packageOptions(forUsers),
      packageOptions({ ...forUsers, updateFeed: 'https://example.org/workbench' }),
      packageOptions({ ...forUsers, forTesting: true }),
    ])
      await expect(check({ ...settings(), ...options })).resolves.toBeUndefined()
  })

  it('would not pass with a slip of the pen', async () => {
    await expect(check({ ...settings(), apId: 'x' })).rejects.toThrow(/apId/)
    await expect(check({ ...settings(), deb: { dependss: [] } })).rejects.toThrow(/configuration.deb/)
  })

  it('name targets for every system, and files that are there', () => {
    const { linux, win, mac, nsis, fileAssociations, extraFiles } = settings()
    expect([...linux.target, win.target, mac.target]).toEqual(['dir', 'AppImage', 'deb', 'rpm', 'nsis', 'dmg'])
    const [{ icon }] = fileAssociations
    const files = [win.icon, mac.icon, mac.entitlements, nsis.license, `${icon}.ico`, `${icon}.icns`]
    for (const file of [...files, ...extraFiles.map(({ from }) => from)])
      expect(existsSync(path.join(root, file)), file).toBe(true)
    expect(statSync(path.join(root, 'build/gpt-nas')).mode & 0o111).toBe(0o111)
  })

  it('give windows and menu entries one name', () => {
    const { desktopName } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
    const entry = readFileSync(path.join(root, 'build/linux', desktopName), 'utf8')
    expect(entry).toContain(`StartupWMClass=${path.basename(desktopName, '.desktop')}\n`)
    expect(settings().linux.syncDesktopName).toBe(true)
  })

  it('tell of new versions only where who makes the package names a place for them', () => {
    expect(packageOptions(forUsers).publish).toBeNull()
    expect(packageOptions({ ...forUsers, updateFeed: 'https://example.org/w' }).publish).toEqual([
      { provider: 'generic', url: 'https://example.org/w' },
    ])
    for (const updateFeed of ['http://example.org', 'example', 'file:///etc'])
      expect(() => packageOptions({ ...forUsers, updateFeed })).toThrow(/https address/)
  })
})

describe('the icons of other systems', () => {
  const png = (size) => readFileSync(path.join(root, 'build/icons', `${size}x${size}.png`))
  const PNG_START = Buffer.from([0x89, 0x50, 0x4e, 0x47])

  it('hold PNGs of the sizes they say, where they say', () => {
    const ico = readFileSync(path.join(root, 'build/icon.ico'))
    const sizes = Array.from({ length: ico.readUInt16LE(4) }, (_, i) => {
      const at = 6 + 16 * i
      const [length, offset] = [ico.readUInt32LE(at + 8), ico.readUInt32LE(at + 12)]
      const image = ico.subarray(offset, offset + length)
      expect(image.subarray(0, 4).equals(PNG_START)).toBe(true)
      // Width in the PNG's own header.
      expect(image.readUInt32BE(16) % 256).toBe(ico.readUInt8(at))
      return image.readUInt32BE(16)
    })
    expect(sizes).toEqual([16, 24, 32, 48, 64, 128, 256])

    const icns = readFileSync(path.join(root, 'build/icon.icns'))
    expect(icns.readUInt32BE(4)).toBe(icns.length)
    const found = []
    for (let at = 8; at < icns.length; at += icns.readUInt32BE(at + 4))
      found.push([icns.toString('latin1', at, at + 4), icns.readUInt32BE(at + 8 + 16)])
    expect(Object.fromEntries(found)).toMatchObject({ icp4: 16, ic07: 128, ic08: 256, ic09: 512, ic10: 1024 })
  })

  it('are drawn from the same sizes as the folder', () => {
    const drawn = new Map([16, 24, 32, 48, 64, 128, 256, 512].map((size) => [size, png(size)]))
    expect(icoOf(drawn).equals(readFileSync(path.join(root, 'build/icon.ico')))).toBe(true)
    expect(
      icnsOf(drawn.set(1024, png(512)))
        .subarray(0, 4)
        .toString(),
    ).toBe('icns')
  })
})
