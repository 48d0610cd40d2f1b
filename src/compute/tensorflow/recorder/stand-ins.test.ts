// A stand-in has the shape of what it stands for, whatever the window; everything else runs as it is.
import { describe, expect, it } from 'vitest'
import { nativeBinding, nativeId, scoped, tf, type Tensor, type Tensor4D } from '../backend'
import { conv2d } from '../kernels/conv2d'
import { depthwiseConv2d } from '../kernels/depthwise-conv2d'
import { evenPadding } from '../kernels/padding'
import { traceCalls, type TraceEvent } from './trace'

const CONVOLUTIONS = /^(Conv2D|DepthwiseConv2dNative)/
const shapesOf = (events: readonly TraceEvent[]) =>
  events.flatMap((event) =>
    event.type === 'op' && CONVOLUTIONS.test(event.name)
      ? [`${event.name}: ${event.outputs.map(({ shape }) => shape.join('x')).join()}`]
      : [],
  )

/** Runs a convolution with its gradients, traced with and without knowing the shapes: without, the forward runs as it is. */
function both(body: (x: Tensor4D, kernel: Tensor4D) => Tensor, x: readonly number[], kernel: readonly number[]) {
  return scoped(() => {
    const inputs = [tf.ones([...x]), tf.ones([...kernel])]
    const shapes = new Map(inputs.map((tensor) => [nativeId(tensor), tensor.shape] as const))
    const gradients = tf.grads((a, b) => body(a as Tensor4D, b as Tensor4D))
    const run = (known?: typeof shapes) =>
      traceCalls(() => gradients(inputs).flatMap((gradient) => [...gradient.shape]), known)
    return { real: run(), stood: run(shapes), result: run(shapes).result }
  })
}

describe('stand-ins for convolutions', () => {
  const [x, kernel] = [
    [2, 11, 9, 4],
    [3, 3, 4, 6],
  ]
  it.each<[string, Parameters<typeof conv2d>[2], number[]]>([
    ['SAME', { strides: [1, 1], padding: 'same' }, kernel],
    ['SAME, strided', { strides: [2, 2], padding: 'same' }, kernel],
    ['padded by hand, strided', { strides: [2, 1], padding: evenPadding(1) }, kernel],
    ['unpadded, 1x1', { strides: [1, 1], padding: evenPadding(0) }, [1, 1, 4, 6]],
    ['1x1, strided', { strides: [2, 2], padding: 'same' }, [1, 1, 4, 6]],
    ['even kernel', { strides: [3, 2], padding: evenPadding(1) }, [4, 2, 4, 6]],
    ['dilated', { strides: [1, 1], padding: 'same', dilations: [2, 2] }, kernel],
  ])('have the shapes of the real results: %s', (_, options, kernelShape) => {
    const { real, stood } = both((a, b) => conv2d(a, b, options), x!, kernelShape)
    expect(shapesOf(stood.events)).toEqual(shapesOf(real.events))
    expect(stood.result).toEqual(real.result)
    expect(shapesOf(stood.events).length).toBeGreaterThanOrEqual(3)
  })

  it.each([1, 2])('have the shapes of the real results: depthwise, stride %i', (stride) => {
    const options = { strides: [stride, stride], padding: evenPadding(1) } as const
    const { real, stood } = both((a, b) => depthwiseConv2d(a, b, options), x!, [3, 3, 4, 2])
    expect(shapesOf(stood.events)).toEqual(shapesOf(real.events))
    expect(stood.result).toEqual(real.result)
  })

  it('are zeros, leave no tensor behind, and stand for nothing but convolutions', () => {
    const before = nativeBinding.getNumOfTensors()
    scoped(() => {
      const [a, b] = [tf.ones([1, 4, 4, 1]) as Tensor4D, tf.ones([3, 3, 1, 1]) as Tensor4D]
      const shapes = new Map([a, b].map((tensor) => [nativeId(tensor), tensor.shape] as const))
      const values: number[][] = []
      const { events } = traceCalls(() => {
        conv2d(a, b, { strides: [1, 1], padding: 'same' })
        tf.add(a, 1)
      }, shapes)
      for (const event of events)
        if (event.type === 'op')
          for (const { id } of event.outputs) values.push([...new Set(nativeBinding.tensorDataSync(id))] as number[])
      expect(values).toEqual([[0], [2]])
    })
    expect(nativeBinding.getNumOfTensors()).toBe(before)
  })
})
