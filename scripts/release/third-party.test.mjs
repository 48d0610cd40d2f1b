// Licences and bill of materials of a package: nothing of others without its licence, nothing that the lock does not name.
import { describe, expect, it } from 'vitest'
import { SetupFailure } from '../setup/failure.mjs'
import { PARTS, refuseOverBudget, sizeTable } from './package-content.mjs'
import { billOf, noticesText } from './third-party.mjs'

const part = (changes) => ({ name: 'zod', version: '4.6.7', identifier: 'MIT', text: 'Text of zod.', ...changes })

describe('the licences', () => {
  it('are each with its text, its own before a standard one', () => {
    const text = noticesText([
      part(),
      part({ name: 'omggif', version: '1.0.10', text: undefined, from: 'https://a.b' }),
    ])
    expect(text).toContain('zod 4.6.7 (MIT)\n---------------\nText of zod.')
    expect(text).toMatch(
      /omggif 1\.0\.10 \(MIT\)\n-+\nCopyright the authors of omggif, https:\/\/a\.b\n\nPermission is hereby/,
    )
  })

  it('say what their packages were compiled from, as those ask for', () => {
    const text = noticesText([
      part({ name: '@cornerstonejs/codec-libjpeg-turbo-8bit', identifier: 'ISC', text: undefined }),
    ])
    expect(text).toContain('based in part on the work of the Independent JPEG Group')
    expect(text).toContain('Redistributions in binary form must reproduce')
  })

  it.each([[{ identifier: undefined }], [{ identifier: 'BSD-3-Clause', text: undefined }]])(
    'refuse what nobody could read: %j',
    (changes) => {
      expect(() => noticesText([part(changes)])).toThrow(SetupFailure)
      expect(() => noticesText([part(changes)])).toThrow(/zod 4\.6\.7/)
    },
  )
})

describe('the bill of materials', () => {
  const application = { product: 'Workbench', electron: '45.4.1' }
  const node = part({ name: 'node', version: '20.20.2' })

  it('names what is in the package, as the lock has it, and the runtimes; nothing else', async () => {
    const bill = await billOf([part(), part({ name: 'jstat', version: '1.9.6' })], node, application)
    expect(bill).toMatchObject({
      bomFormat: 'CycloneDX',
      metadata: { component: { type: 'application', name: 'Workbench' } },
    })
    const named = bill.components.map(({ name, version, scope }) => [name, version, scope])
    expect(named.slice(0, 2)).toEqual([
      ['jstat', '1.9.6', 'required'],
      ['zod', '4.6.7', 'required'],
    ])
    expect(named.slice(2).map(([name]) => name)).toEqual(['node', 'electron', 'tensorflow-cpu'])
    for (const { licenses } of bill.components) expect(licenses[0].license.id).toMatch(/^(MIT|Apache-2\.0)$/)
    const refs = bill.components.map((component) => component['bom-ref'])
    for (const { dependsOn } of bill.dependencies) for (const ref of dependsOn) expect(refs).toContain(ref)
  })

  it('is not written for a package that the lock does not name', async () => {
    await expect(billOf([part({ version: '0.0.1' })], node, application)).rejects.toThrow(/does not name: zod@0\.0\.1/)
  })
})

describe('the size', () => {
  const sizes = PARTS.map(({ title, budget }) => ({ title, budget, mebibytes: budget }))

  it('is told part by part with the sum', () => {
    expect(sizeTable(sizes).split('\n')).toHaveLength(PARTS.length + 1)
    expect(sizeTable([{ title: 'one', mebibytes: 1.26, budget: 2 }])).toMatch(
      /one +1\.3 MiB of 2\n +all +1\.3 MiB of 2/,
    )
  })

  it('over its budget is refused with every part that is', () => {
    expect(() => refuseOverBudget(sizes)).not.toThrow()
    const grown = sizes.map((size, i) => (i < 2 ? { ...size, mebibytes: size.budget + 0.1 } : size))
    expect(() => refuseOverBudget(grown)).toThrow(`${PARTS[0].title} has ${PARTS[0].budget}.1 MiB`)
    expect(() => refuseOverBudget(grown)).toThrow(PARTS[1].title)
  })

  it('of every file counts to one part: the last takes the rest', () => {
    const title = (name) => PARTS.find(({ isIt }) => isIt(name)).title
    expect(title('resources/app.asar')).toBe('program')
    expect(title('resources/app.asar.unpacked/node_modules/@tensorflow/tfjs-node-gpu/deps/lib/a.so')).toBe('TensorFlow')
    expect(title('resources/app.asar.unpacked/node_modules/@libsql/linux-x64-gnu/index.node')).toBe('SQLite')
    expect(title('libffmpeg.so')).toBe('Electron')
  })
})
