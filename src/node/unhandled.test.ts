// A real process, because whether it ends is the point.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import ts from 'typescript'
import { expect, it } from 'vitest'

const source = ts.transpile(readFileSync(path.join(__dirname, 'unhandled.ts'), 'utf8'), {
  module: ts.ModuleKind.CommonJS,
})

function run(before: string): { status: number | null; stdout: string } {
  const program = `${source}
    ${before}
    void Promise.reject(new Error('nobody waits'))
    setTimeout(() => console.log('alive'), 20)`
  const { status, stdout } = spawnSync(process.execPath, ['--input-type=commonjs', '-e', program], { encoding: 'utf8' })
  return { status, stdout }
}

it('a rejection that nobody waits for ends a process that does nothing about it', () => {
  expect(run('')).toEqual({ status: 1, stdout: '' })
})

it('is told, and the process goes on', () => {
  const telling = `exports.surviveUnhandledRejections((thrown) => console.log(exports.faultText(thrown).split('\\n')[0]))`
  expect(run(telling)).toEqual({ status: 0, stdout: 'Error: nobody waits\nalive\n' })
})
