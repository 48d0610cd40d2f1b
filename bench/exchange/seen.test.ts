// The figures that the repository keeps: what is written is read again, and a line that is none is told.
import { describe, expect, it } from 'vitest'
import { parseSeen, seenText } from './seen'

const row = {
  ...{
    name: 'resnet18',
    way: 'ONNX fused, NHWC',
    input: 224,
    difference: 4.7e-7,
    sensitivity: 8.7e-7,
    verdict: 'equal',
  },
  ...{ samePredictions: true, mib: 44.6, milliseconds: NaN, runtime: 'onnxruntime 1.30.0, cpu', problem: null },
}

describe('figures that the repository keeps', () => {
  it('are read as they were written, whatever was not told', () => {
    const figures = [
      { key: '0123456789abcdef', row },
      { key: 'fedcba9876543210', row: { ...row, name: 'efficientnet_b7' } },
    ]
    const text = seenText(figures)
    expect(parseSeen(text)).toEqual([figures[1], figures[0]])
    expect(seenText(parseSeen(text))).toBe(text)
  })

  it('are told where one of them is none', () => {
    expect(() => parseSeen('name;way\nresnet18;ONNX;224;ab;soon;1;equal;;;')).toThrow(/resnet18;ONNX/)
  })
})
