import { appendFileSync, cpSync, mkdirSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../testing/temporary-folder'
import { SHIPPED_BINDING, tensorflowBuild } from './tensorflow-build'

function installation(): string {
  const folder = temporaryFolder()
  mkdirSync(path.join(folder, 'lib/napi-v8'), { recursive: true })
  mkdirSync(path.join(folder, 'deps/lib'), { recursive: true })
  writeFileSync(path.join(folder, 'lib/napi-v8/tfjs_binding.node'), 'binding')
  writeFileSync(path.join(folder, 'deps/lib/libtensorflow_cc.so.2'), Buffer.alloc(200_000, 1))
  writeFileSync(path.join(folder, 'deps/lib/libtensorflow_framework.so.2'), Buffer.alloc(300, 2))
  return folder
}

const bindingOf = (folder: string): string => path.join(folder, SHIPPED_BINDING)

describe('the name of a TensorFlow build', () => {
  it('is the same for a copy of it, whenever it was made', async () => {
    const folder = installation()
    const copy = temporaryFolder()
    cpSync(folder, copy, { recursive: true })
    utimesSync(path.join(copy, 'deps/lib/libtensorflow_cc.so.2'), 1, 1)
    expect(await tensorflowBuild(bindingOf(copy))).toBe(await tensorflowBuild(bindingOf(folder)))
  })

  it.each([
    ['the binding', 'lib/napi-v8/tfjs_binding.node', (file: string) => writeFileSync(file, 'Binding')],
    ['the end of a library', 'deps/lib/libtensorflow_cc.so.2', (file: string) => appendFileSync(file, 'x')],
    ['the size alone', 'deps/lib/libtensorflow_cc.so.2', (file: string) => truncateSync(file, 199_999)],
  ])('changes with %s', async (_what, name, change) => {
    const folder = installation()
    const before = await tensorflowBuild(bindingOf(folder))
    change(path.join(folder, name))
    expect(await tensorflowBuild(bindingOf(folder))).not.toBe(before)
  })

  it('says that there is none where it cannot be read', async () => {
    expect(await tensorflowBuild(bindingOf(temporaryFolder()))).toBe('not installed')
  })

  it('finds what this checkout has', async () => {
    expect(await tensorflowBuild()).toMatch(/^tensorflow [0-9a-f]{16}$/)
  })
})
