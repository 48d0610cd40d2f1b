// The self-check decides by what it measures: it passes right kernels, and names a wrong one.
import { afterAll, describe, expect, it } from 'vitest'
import { environmentFor, selfCheckOf, CAUTIOUS_SELF_CHECK } from '@shared/runtime/compute-environment'
import { kernelSupport, setKernelSupport } from './kernels/support'
import { relativeError } from './reference-convolution'
import { ERROR_BOUND } from './convolution-check'
import { checkedCases, runSelfCheck } from './self-check'
import { HALF_PRECISIONS, provedPrecisions } from './self-check-half'
import { withDefect } from './testing/with-defect'

const before = { ...kernelSupport() }
afterAll(() => setKernelSupport(before))

describe('the self-check', () => {
  const environment = { TF_ENABLE_ONEDNN_OPTS: '1', TF_CPU_ALLOCATOR_USE_BFC: 'true' }

  /** Kinds that every build of TensorFlow has gradients for, whether oneDNN is on in this process or not. */
  const cases = checkedCases().filter(({ kind }) => kind === 'dense' || kind === 'depthwise')

  it('claims oneDNN only where the environment switched it on', () => {
    expect(runSelfCheck({}, cases)).toMatchObject({
      oneDnn: false,
      groupedConvolution: false,
      allocator: 'system',
      notices: [],
    })
  })
  it.each(['Conv2D', 'Conv2DBackpropFilter', 'Conv2DBackpropInput', 'DepthwiseConv2dNativeBackpropFilter'])(
    'notices a %s that is off by 2 percent and says where',
    (op) => {
      const result = withDefect(op, 1.02, () => runSelfCheck(environment, cases))
      expect(result.oneDnn).toBe(false)
      expect(result.groupedConvolution).toBe(false)
      expect(result.notices.join()).toMatch(/\d+ checks failed: (dense|depthwise) .* off by 2/)
    },
  )
  it('passes right kernels', () => {
    expect(runSelfCheck(environment, cases)).toEqual({
      oneDnn: true,
      groupedConvolution: true,
      allocator: 'bfc',
      notices: [],
    })
  })
  it('takes NaN for wrong', () => {
    expect(relativeError([Number.NaN, 1], [1, 1]) <= ERROR_BOUND).toBe(false)
    expect(withDefect('Conv2D', Number.NaN, () => runSelfCheck(environment, cases)).oneDnn).toBe(false)
  })
})

describe('the check of half precision', () => {
  const cases = checkedCases().filter(({ kind }) => kind === 'dense' || kind === 'depthwise')
  it('passes the kernels of this TensorFlow, in both types', () => {
    expect(provedPrecisions(cases)).toEqual(HALF_PRECISIONS)
  })
  it.each(['Conv2D', 'Conv2DBackpropFilter', 'DepthwiseConv2dNativeBackpropInput'])(
    'does not pass where the results of %s are twice too large',
    (op) => expect(withDefect(op, 2, () => provedPrecisions(cases))).toEqual([]),
  )
  it('is not part of the self-check on a processor', () => {
    expect(runSelfCheck({}, cases.slice(0, 1))).not.toHaveProperty('halfPrecision')
  })
})

describe('the environment of a compute', () => {
  it('follows the self-check and carries it', () => {
    const proved = { oneDnn: true, groupedConvolution: true, allocator: 'bfc', notices: ['one'] }
    const environment = environmentFor(proved, 2)
    expect(environment).toMatchObject({
      TF_ENABLE_ONEDNN_OPTS: '1',
      TF_CPU_ALLOCATOR_USE_BFC: 'true',
      TF_NUM_INTRAOP_THREADS: '2',
    })
    expect(selfCheckOf(environment)).toEqual(proved)
    expect(environmentFor(CAUTIOUS_SELF_CHECK, 1)['TF_ENABLE_ONEDNN_OPTS']).toBe('0')
    expect(selfCheckOf({})).toEqual(CAUTIOUS_SELF_CHECK)
  })
  it('refuses a fraction of a thread', () => {
    expect(() => environmentFor(CAUTIOUS_SELF_CHECK, 0.5)).toThrow(/received 0.5/)
  })
})
