// In a process of its own: what it supplies is global.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import ts from 'typescript'
import { expect, test } from 'vitest'

const { outputText: program } = ts.transpileModule(readFileSync(new URL('./node16.ts', import.meta.url), 'utf8'), {
  compilerOptions: { module: ts.ModuleKind.CommonJS, esModuleInterop: true },
})

function after(before: string, expression: string): unknown {
  const text = `${before};(() => {${program}})();console.log(JSON.stringify(${expression}))`
  return JSON.parse(execFileSync(process.execPath, ['-e', `const exports = {};${text}`], { encoding: 'utf8' }))
}

const NAMES = ['ReadableStream', 'TransformStream', 'TextDecoderStream', 'Blob', 'crypto', 'FormData', 'File']

test('what a Node of 16 keeps in modules is global', () => {
  const missing = JSON.stringify(NAMES)
  const without = `for (const name of ${missing}) delete globalThis[name]`
  expect(after(without, `${missing}.filter((name) => globalThis[name] === undefined)`)).toEqual([])
})

test('nothing is loaded for what a newer Node has: its HTTP client costs a tenth of a short command', () => {
  const asked = `(globalThis instanceof FormData, process.moduleLoadList.filter((name) => name.includes('undici/undici')))`
  expect(after('', asked)).toEqual([])
})
