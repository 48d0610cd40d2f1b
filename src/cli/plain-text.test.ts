// What a name can do to a terminal: nothing.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { table } from './format'
import { createOutput } from './output'
import { plainLine, plainText } from './plain-text'

function written(isJson: boolean, act: (output: ReturnType<typeof createOutput>) => void): string {
  let text = ''
  const stream = new Writable({
    write: (piece, _encoding, done) => {
      text += String(piece)
      done()
    },
  })
  act(createOutput(isJson, { stdout: stream, stderr: stream }))
  return text
}

const HOSTILE = 'run\u001b[2J\u001b]0;title\u0007\r\u009b31m\u202eback\u0000'
const OBEYED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/

describe('control characters of a name', () => {
  it('are shown, and everything else is left', () => {
    expect(plainText(HOSTILE)).toBe('run\\x1b[2J\\x1b]0;title\\x07\\x0d\\x9b31m\\u202eback\\x00')
    expect(plainText('Größe 漢字 🙂\ta\nb')).toBe('Größe 漢字 🙂\ta\nb')
    expect(plainLine('a\nb')).toBe('a\\nb')
  })

  it('reach no stream by any way of the output', () => {
    for (const text of [
      written(false, (output) => output.result({}, HOSTILE)),
      written(false, (output) => output.note(HOSTILE)),
      written(false, (output) => output.failure(new Error(HOSTILE))),
      written(true, (output) => output.result({ name: HOSTILE }, '')),
    ]) {
      expect(text).toContain('run')
      expect(text).not.toMatch(OBEYED)
    }
  })

  it('mean the same in JSON', () => {
    const text = written(true, (output) => output.result({ name: HOSTILE }, ''))
    expect(JSON.parse(text)).toEqual({ name: HOSTILE })
  })

  it('forge no row of a table', () => {
    const lines = table(['Name', '>Runs'], [['one\n2  forged', '1']]).split('\n')
    expect(lines).toEqual(['Name            Runs', 'one\\n2  forged     1'])
  })
})

it('nothing of the command line writes to the terminal past them', () => {
  const files = readdirSync(__dirname, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !/\.test\.ts$|^testing\/|^output\.ts$/.test(file),
  )
  const raw = files.flatMap((file) =>
    [...readFileSync(path.join(__dirname, file), 'utf8').matchAll(/(?:stderr|stdout)\.write\([^\n]*\n?[^\n]*/g)]
      .map(([call]) => call)
      // Sentences without anything in them cannot carry a name.
      .filter((call) => call.includes('${') && !/\$\{plain(Text|Line|Json)\(/.test(call))
      .map((call) => `${file}: ${call}`),
  )
  expect(files.length).toBeGreaterThan(30)
  expect(raw).toEqual([])
})
