import { expect, it, vi } from 'vitest'
import type * as Backend from './backend'
import { flag, nativeBinding, tf, type Variable } from './backend'
import { updateVariables } from './variable-update'

// The native binding's own properties cannot be replaced, so the tests watch one that inherits from it.
vi.mock('./backend', async (importOriginal) => {
  const original = await importOriginal<typeof Backend>()
  const executeOp = vi.fn(original.nativeBinding.executeOp)
  const nativeBinding = Object.create(original.nativeBinding, { executeOp: { value: executeOp } }) as unknown
  return { ...original, nativeBinding }
})

const variable = (values: number[]): Variable => tf.tidy(() => tf.variable(tf.tensor1d(values)))

/** w -= 0.5 (g + 0.5 m), m = 0.5 m + g */
function applyMomentum(weight: Variable, velocity: Variable, gradient: number[]): void {
  const attributes = { use_locking: flag(false), use_nesterov: flag(true) }
  tf.tidy(() => {
    const inputs = [weight, velocity, tf.scalar(0.5), tf.tensor1d(gradient), tf.scalar(0.5)]
    updateVariables('ResourceApplyMomentum', attributes, inputs, 2)
  })
}

it('updates each variable by its own values, one after the other', () => {
  const [first, second] = [variable([1, 2]), variable([10, 20, 30])]
  const [slow, fast] = [variable([0, 0]), variable([4, 4, 4])]
  applyMomentum(first, slow, [2, 4])
  applyMomentum(second, fast, [2, 2, 2])
  expect([...slow.dataSync(), ...fast.dataSync()]).toEqual([2, 4, 4, 4, 4])
  expect([...first.dataSync(), ...second.dataSync()]).toEqual([-0.5, -1, 8, 18, 28])
  tf.dispose([first, second, slow, fast])
})

it('asks TensorFlow for no new kernel with every call, because it would keep them all', () => {
  const execute = vi.mocked(nativeBinding.executeOp)
  execute.mockClear()
  const [weight, velocity] = [variable([1, 2]), variable([0, 0])]
  for (let call = 0; call < 5; call++) applyMomentum(weight, velocity, [1, 1])
  const handles = execute.mock.calls
    .filter(([name]) => name === 'VarHandleOp')
    .map(([, given]) => JSON.stringify(given))
  expect(handles).toHaveLength(10)
  expect(new Set(handles).size).toBe(2)
  tf.dispose([weight, velocity])
})
