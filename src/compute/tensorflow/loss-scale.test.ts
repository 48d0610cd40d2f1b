// The dynamic loss scale against its published rule, written out in JavaScript, and recorded against eager.
import { describe, expect, it } from 'vitest'
import { entry } from './recorder/program'
import { record } from './recorder/record'
import { scoped, tf, type Scalar, type Variable } from './backend'
import { toFloat32, toHalf } from './half'
import { GROWTH_STEPS, INITIAL_SCALE, lossScale } from './loss-scale'
import { adam } from './optimizers'

/** w^2 in float16, by Adam, under a scale: overflows where scale * slope is beyond 65,504. */
function program() {
  const w = tf.tidy(() => tf.variable(tf.tensor1d([3, -2])))
  const optimizer = adam([{ name: 'w', variable: w, decays: false }])
  const scale = lossScale()
  const changed = [w, ...Object.values(optimizer.slots)]
  const variables: Record<string, Variable> = { w, ...optimizer.slots, ...scale.slots }
  const recorded = record({
    variables,
    entries: {
      step: entry({ slope: { shape: [], dtype: 'float32' } } as const, ({ slope }) => {
        const { grads } = tf.variableGrads(() => {
          const half = toHalf(tf.mul(w, slope), 'float16')
          return scale.scaled(tf.sum(toFloat32(tf.square(half))) as Scalar)
        }, [w])
        scale.apply(grads, changed, (unscaled) => optimizer.apply(unscaled, tf.scalar(0.01)))
        return { w: tf.clone(w) }
      }),
    },
  })
  const state = () =>
    Object.fromEntries([...recorded.readVariables()].map(([name, values]) => [name, Array.from(values)]))
  return {
    recorded,
    variables,
    state,
    set: (values: Record<string, number>) =>
      recorded.writeVariables(new Map(Object.entries(values).map(([name, value]) => [name, Float32Array.of(value)]))),
  }
}

describe('the loss scale', () => {
  it('starts as published and does not show in the step', () => {
    const { recorded, state } = program()
    expect(state()['loss-scale']).toEqual([INITIAL_SCALE])
    recorded.run('step', { slope: 1e-3 })
    // Adam's first step by its formula, with the gradient of the loss itself: 2 w slope^2.
    const stepped = (w: number) => {
      const gradient = 2 * w * 1e-6
      const rate = (0.01 * Math.sqrt(0.001)) / 0.1
      return w - (rate * 0.1 * gradient) / (Math.sqrt(0.001) * Math.abs(gradient) + 1e-8)
    }
    state()['w']!.forEach((w, i) => expect(w).toBeCloseTo(stepped([3, -2][i]!), 5))
    expect(state()).toMatchObject({ 'loss-scale': [INITIAL_SCALE], 'loss-scale/good-steps': [1] })
  })

  it('takes an overflowed step back to the last bit, halves, and goes on when it fits', () => {
    const { recorded, state } = program()
    recorded.run('step', { slope: 0.1 })
    const before = state()
    expect(before['loss-scale/good-steps']).toEqual([1])
    // 2 * 300 * scale overflows float16 until scale <= 2^6.
    let skipped = 0
    for (;;) {
      recorded.run('step', { slope: 30 })
      const now = state()
      if (now['w']![0] !== before['w']![0]) break
      skipped += 1
      expect(now).toEqual({
        ...before,
        'loss-scale': [INITIAL_SCALE / 2 ** skipped],
        'loss-scale/good-steps': [0],
      })
      expect(skipped).toBeLessThan(15)
    }
    expect(skipped).toBeGreaterThan(5)
    expect(state()['loss-scale/good-steps']).toEqual([1])
  })

  it('doubles after enough good steps in a row, no sooner', () => {
    const { recorded, state, set } = program()
    set({ 'loss-scale/good-steps': GROWTH_STEPS - 2, 'loss-scale': 64 })
    recorded.run('step', { slope: 1e-3 })
    expect(state()).toMatchObject({ 'loss-scale': [64], 'loss-scale/good-steps': [GROWTH_STEPS - 1] })
    recorded.run('step', { slope: 1e-3 })
    expect(state()).toMatchObject({ 'loss-scale': [128], 'loss-scale/good-steps': [0] })
  })

  it('is not halved below 1', () => {
    const { recorded, state, set } = program()
    set({ 'loss-scale': 1 })
    // The value itself is infinite in float16.
    recorded.run('step', { slope: 1e5 })
    expect(state()).toMatchObject({ 'loss-scale': [1], 'loss-scale/good-steps': [0], w: [3, -2] })
  })

  it('recorded equals eager over good and overflowed steps, bit for bit', () => {
    const { recorded, variables, state } = program()
    for (let step = 0; step < 20; step++) {
      const feeds = { slope: step % 3 === 0 ? 40 : 0.2 }
      recorded.run('step', feeds)
      recorded.runEagerly('step', feeds)
    }
    const eager = scoped(() =>
      Object.fromEntries(Object.entries(variables).map(([name, variable]) => [name, Array.from(variable.dataSync())])),
    )
    expect(state()).toEqual(eager)
    expect(eager['loss-scale']![0]).toBeLessThan(INITIAL_SCALE)
  })
})
