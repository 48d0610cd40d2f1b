// Options of an export as they are typed.
import { describe, expect, it } from 'vitest'
import { optionsHelp, readExportOptions } from './export-options'

describe('options of an export', () => {
  it('are read by the format, the rest at its default', () => {
    const read = readExportOptions('onnx', ['inputLayout=nhwc', 'softmax=false', 'externalDataAbove=0'])
    expect(read).toMatchObject({ inputLayout: 'nhwc', softmax: false, externalDataAbove: 0, precision: 'float32' })
    expect(readExportOptions('pytorch', [])).toEqual({})
    expect(readExportOptions('tfjs', [])).toEqual({ weights: 'float32' })
  })

  it.each([
    [['nhwc'], /"nhwc" sets nothing/],
    [['=nhwc'], /sets nothing/],
    [['inputLayout=hwcn'], /inputLayout/],
    [['softmax=perhaps'], /softmax/],
    [['opset=9'], /opset/],
    [['externalDataAbove=4000'], /externalDataAbove/],
  ])('refuse %j and say where', (typed, message) => {
    expect(() => readExportOptions('onnx', typed)).toThrow(message)
  })

  it('are refused by a format that has none', () => {
    expect(() => readExportOptions('tfjs', ['softmax=false'])).toThrow(/tfjs layers model/)
  })

  it('are listed with their defaults', () => {
    expect(optionsHelp()).toContain('onnx: inputLayout (nchw), preprocessing (true)')
  })
})
