// An ONNX file as commands take it: as a design, as an architecture, and with what is no layer told.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { parseDocumentText } from '@shared/architecture/document'
import { encodeModel, FLOAT, valueInfo, type NodeProto } from '@shared/exchange/onnx/proto'
import { captureOutput } from '../testing/written'
import { costCommand } from './cost'
import { importCommand } from './import'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'import-command-'))
})
afterAll(() => rmSync(folder, { recursive: true }))
afterEach(() => {
  vi.restoreAllMocks()
  process.exitCode = undefined
})
const at = (name: string): string => join(folder, name)

/** One convolution, an activation, and a classifier of two. */
function model(name: string, activation: string): string {
  const op = (opType: string, input: string[], output: string): NodeProto => ({
    name: output,
    opType,
    input,
    output: [output],
    attribute: [],
  })
  const weights = (label: string, dims: number[]) => ({
    name: label,
    dims,
    dataType: FLOAT,
    rawData: new Uint8Array(4 * dims.reduce((a, b) => a * b, 1)),
  })
  const bytes = encodeModel({
    irVersion: 8,
    producerName: 'another',
    producerVersion: '1',
    opsetImport: [{ domain: '', version: 17 }],
    metadataProps: [],
    graph: {
      name: 'g',
      node: [
        op('Conv', ['x', 'k'], 'conv'),
        op(activation, ['conv'], 'act'),
        op('GlobalAveragePool', ['act'], 'mean'),
        op('Flatten', ['mean'], 'flat'),
        op('Gemm', ['flat', 'w'], 'scores'),
      ],
      initializer: [weights('k', [4, 3, 3, 3]), weights('w', [4, 2])],
      input: [valueInfo('x', [3, 8, 8])],
      output: [valueInfo('scores', [2])],
    },
  })
  writeFileSync(at(name), bytes)
  return at(name)
}

async function run(...words: string[]) {
  const written = captureOutput()
  const program = new Command('gpt-nas').exitOverride()
  for (const add of [importCommand, costCommand]) add(program)
  await program.parseAsync(['node', 'gpt-nas', ...words])
  const code = Number(process.exitCode ?? 0)
  vi.restoreAllMocks()
  process.exitCode = undefined
  return { ...written, code }
}

describe('gpt-nas import', () => {
  it('writes the layers as a design, and over nothing of somebody else', async () => {
    const file = model('good.onnx', 'Relu')
    const design = at('good.gptnas.json')
    expect(await run('import', file, design)).toMatchObject({ code: 0 })
    const { records } = parseDocumentText(readFileSync(design, 'utf8'))
    expect(records['meta']).toMatchObject({ name: 'good', classes: 2, input: [8, 8, 3] })
    expect(records['conv']).toMatchObject({ kind: 'conv2d', parameters: { channels: 4, padding: 'none' } })
    writeFileSync(at('taken.gptnas.json'), 'a letter')
    const { code, err } = await run('import', file, at('taken.gptnas.json'))
    expect(code).not.toBe(0)
    expect(err).toContain('taken.gptnas.json')
    expect(readFileSync(at('taken.gptnas.json'), 'utf8')).toBe('a letter')
  })

  it('lists what is no layer, and takes the rest with --partial', async () => {
    const file = model('odd.onnx', 'LeakyRelu')
    const refused = await run('import', file, at('odd.gptnas.json'))
    expect(refused.code).not.toBe(0)
    expect(refused.err).toContain('LeakyRelu at "act": there is no layer for this operator.')
    expect(refused.err).toContain('--partial')
    const { code, out } = await run('import', file, at('odd.gptnas.json'), '--partial')
    expect(code).toBe(0)
    expect(out).toContain('An identity stands for LeakyRelu at "act"')
    expect(parseDocumentText(readFileSync(at('odd.gptnas.json'), 'utf8')).records['act']).toMatchObject({
      kind: 'identity',
    })
  })

  it('is not needed by commands that take an architecture', async () => {
    const { code, out } = await run('cost', model('cost.onnx', 'Relu'))
    expect(code).toBe(0)
    expect(out).toContain('116 parameters')
  })

  it('tells what is wrong with a scaling, as a mistake of who typed it', async () => {
    const file = model('scaled.onnx', 'Relu')
    const typed = await run('import', file, '--mean', 'half', '--deviation', '1', '--workspace', at('workspace'))
    expect(typed.err).toMatch(/^Error: --mean takes numbers/)
    const design = await run('import', file, at('scaled.gptnas.json'), '--scaling', 'unit')
    expect(design.err).toMatch(/^Error: A scaling belongs to values/)
  })

  it('refuses what is no model, by what it is', async () => {
    writeFileSync(at('text.onnx'), 'hello')
    const { code, err } = await run('import', at('text.onnx'), at('x.gptnas.json'))
    expect(code).not.toBe(0)
    expect(err).toContain('no ONNX model')
    expect((await run('import', at('none.onnx'), at('x.gptnas.json'))).err).toContain('none.onnx')
  })
})
