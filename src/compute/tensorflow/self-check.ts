// Tries the kernels that training rests on against float64, in a process that may die of it (self-check-process.ts).
// Why: oneDNN in TensorFlow 2.21 has kernels that are silently wrong or corrupt the heap, on some processors only, and it is
// also what makes training almost twice as fast. So each machine proves what it uses.
import type { SelfCheck } from '@shared/contract/compute'
import { runtimeVersions } from './backend'
import { convolutionError, ERROR_BOUND, type ConvolutionCase, type ConvolutionKind } from './convolution-check'
import { evenPadding } from './kernels/padding'
import { setKernelSupport } from './kernels/support'
import { provedPrecisions } from './self-check-half'

/** Sizes where kernels are chosen differently: odd and even, few and many channels, the network's own strides. */
export function checkedCases(): ConvolutionCase[] {
  const square = (n: number): [number, number] => [n, n]
  const make = (
    kind: ConvolutionKind,
    channels: number,
    filters: number,
    kernel: number,
    { stride = 1, dilation = 1, groups = 1, size = 16, batch = 4 } = {},
  ): ConvolutionCase => ({
    kind,
    geometry: {
      batch,
      height: size,
      width: size,
      channels,
      filters,
      kernel: square(kernel),
      strides: square(stride),
      dilations: square(dilation),
      padding: evenPadding(Math.floor((dilation * (kernel - 1)) / 2)),
      groups,
    },
  })
  const cases: ConvolutionCase[] = []
  for (const channels of [3, 4, 5, 6, 7, 8, 16])
    for (const kernel of [1, 3]) for (const stride of [1, 2]) cases.push(make('dense', channels, 8, kernel, { stride }))
  cases.push(make('dense', 3, 16, 7, { stride: 2 }), make('dense', 12, 20, 5, { size: 9 }), make('dense', 24, 32, 1))
  for (const stride of [1, 2]) {
    cases.push(make('dilated', 6, 8, 3, { dilation: 2, stride }), make('dilated', 16, 16, 3, { dilation: 3, stride }))
    for (const kernel of [3, 5]) {
      for (const channels of [3, 8, 16])
        cases.push(make('depthwise', channels, channels, kernel, { stride, groups: channels }))
      for (const groups of [2, 4, 8]) cases.push(make('grouped', 16, 24, kernel, { stride, groups }))
    }
    cases.push(make('grouped', 32, 32, 3, { stride, groups: 32 }), make('grouped', 12, 12, 1, { stride, groups: 3 }))
  }
  return cases
}

function describeCase({ kind, geometry }: ConvolutionCase): string {
  const { kernel, strides, dilations, channels, filters, groups } = geometry
  const extras = [dilations[0] > 1 ? `dilation ${dilations[0]}` : '', groups > 1 ? `${groups} groups` : '']
  const words = [`${kind} ${kernel.join('x')}`, `stride ${strides[0]}`, `${channels} to ${filters} channels`, ...extras]
  return words.filter((word) => word !== '').join(', ')
}

/** The case's trouble in words, or null. An op that does not exist for a case is trouble like a wrong one. */
function trouble(check: ConvolutionCase): string | null {
  try {
    const error = convolutionError(check)
    return error <= ERROR_BOUND ? null : `${describeCase(check)}: off by ${(error * 100).toPrecision(2)} %`
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown)
    return `${describeCase(check)}: ${message.replace(/\s+/g, ' ').slice(0, 160)}`
  }
}

/**
 * Checks the kernels of this process as its environment set them up.
 * @returns what computes may use: `oneDnn` only if it is on here and every dense, dilated and depthwise case was right
 */
export function runSelfCheck(
  environment: Readonly<Record<string, string | undefined>>,
  cases: readonly ConvolutionCase[] = checkedCases(),
): SelfCheck {
  setKernelSupport({ groupedConvolution: true, dilatedConvolution: true })
  const failures = new Map<ConvolutionKind, string[]>()
  for (const check of cases) {
    const reason = trouble(check)
    if (reason !== null) failures.set(check.kind, [...(failures.get(check.kind) ?? []), reason])
  }
  const essential = (['dense', 'dilated', 'depthwise'] as const).flatMap((kind) => failures.get(kind) ?? [])
  const grouped = failures.get('grouped') ?? []
  const isOn = environment['TF_ENABLE_ONEDNN_OPTS'] === '1'
  const oneDnn = isOn && essential.length === 0
  const notices: string[] = []
  if (isOn && essential[0] !== undefined) {
    notices.push(`TensorFlow's fast kernels (oneDNN) are off, ${essential.length} checks failed: ${essential[0]}.`)
  }
  if (oneDnn && grouped[0] !== undefined) {
    notices.push(`Grouped convolutions run split, ${grouped.length} checks failed: ${grouped[0]}.`)
  }
  const mayBeHalf = runtimeVersions().device === 'gpu'
  return {
    oneDnn,
    groupedConvolution: oneDnn && grouped.length === 0,
    // Every tensor above was allocated by it: had it not worked, this line would not be reached.
    allocator: environment['TF_CPU_ALLOCATOR_USE_BFC'] === 'true' ? 'bfc' : 'system',
    ...(mayBeHalf && {
      halfPrecision: provedPrecisions(cases.filter(({ kind }) => kind !== 'grouped' || grouped.length === 0)),
    }),
    notices,
  }
}
