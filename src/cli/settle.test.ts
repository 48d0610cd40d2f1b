// In a process of its own: only there does an event loop run dry.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build } from 'vite'
import { afterAll, beforeAll, expect, it } from 'vitest'

let folder = ''
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gptnas-settle-'))
  const root = resolve(__dirname, '../..')
  await build({
    configFile: false,
    logLevel: 'error',
    resolve: { alias: { '@shared': join(root, 'src/shared') } },
    ssr: { noExternal: true },
    build: {
      ssr: join(__dirname, 'testing/unsettled.ts'),
      outDir: folder,
      rollupOptions: { output: { format: 'cjs', entryFileNames: 'entry.cjs' } },
    },
  })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const run = (work: string) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, 'entry.cjs'), work], {
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

it('an event loop that runs dry in the middle of the work is a failure that says so', () => {
  const { status, stdout, stderr } = run('never')
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  expect(stderr).toMatch(/ended before its work was done/)
})

it('work that comes to its own end is left alone', () => {
  expect(run('late')).toEqual({ status: 0, stdout: '', stderr: '' })
  expect(run('fails')).toEqual({ status: 7, stdout: 'Error: its own reason', stderr: '' })
})
