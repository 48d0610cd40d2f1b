// The builds of TensorFlow that the workbench can install, and what is known of each without loading it. The wheels and their hashes
// are data (tensorflow-wheels.ts); fetching and unpacking them is the engine's (engine/runtimes). Pure.
import { TENSORFLOW_WHEELS, type WheelPin } from './tensorflow-wheels'

export type { WheelPin } from './tensorflow-wheels'

export const BUILD_IDS = ['cpu', 'cuda12'] as const
export type BuildId = (typeof BUILD_IDS)[number]

/** What a build for cards was compiled for: tensorflow/python/platform/build_info.py in its wheel. */
export interface CudaFacts {
  readonly cuda: string
  /** Compute capabilities with machine code of their own; a card runs that of its own major version and a minor one up to its own. */
  readonly binaries: readonly number[]
  /** Compute capability of the intermediate code (PTX) that the driver compiles for newer cards. */
  readonly ptx: number
  /** Oldest driver under Linux: CUDA 12's minor version compatibility (NVIDIA, CUDA Compatibility, table 1). */
  readonly minDriver: string
}

export interface TensorFlowBuild {
  readonly id: BuildId
  readonly title: string
  readonly version: string
  readonly wheels: readonly WheelPin[]
  /** null: for processors. */
  readonly cuda: CudaFacts | null
}

export const CUDA_12: CudaFacts = {
  cuda: '12.5',
  binaries: [6.0, 7.0, 8.0, 8.9],
  ptx: 9.0,
  minDriver: '525.60.13',
}

const VERSION = '2.21.0'
const wheels = (has: (name: string) => boolean): WheelPin[] => TENSORFLOW_WHEELS.filter(({ name }) => has(name))

/** For Linux on x86-64, the one platform that wheels are pinned for. */
export const TENSORFLOW_BUILDS: readonly TensorFlowBuild[] = [
  {
    id: 'cpu',
    title: 'TensorFlow for processors',
    version: VERSION,
    wheels: wheels((name) => name === 'tensorflow-cpu'),
    cuda: null,
  },
  {
    id: 'cuda12',
    title: 'TensorFlow for NVIDIA cards, with CUDA 12 and cuDNN 9',
    version: VERSION,
    wheels: wheels((name) => name !== 'tensorflow-cpu'),
    cuda: CUDA_12,
  },
]

const sum = (build: Pick<TensorFlowBuild, 'wheels'>, of: (wheel: WheelPin) => number): number =>
  build.wheels.reduce((total, wheel) => total + of(wheel), 0)

/** Bytes to download. */
export const downloadBytes = (build: Pick<TensorFlowBuild, 'wheels'>): number => sum(build, ({ bytes }) => bytes)
/** Bytes on the disk once it is installed. */
export const installedBytes = (build: Pick<TensorFlowBuild, 'wheels'>): number =>
  sum(build, ({ keptBytes }) => keptBytes)
