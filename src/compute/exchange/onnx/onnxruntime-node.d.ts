// What is used of onnxruntime-node. The package is optional (npm leaves it out where it has no binary), so a checkout without it
// must still compile; who loads it is runtime.ts.
declare module 'onnxruntime-node' {
  export class Tensor {
    constructor(type: 'float32', data: Float32Array, dims: readonly number[])
    /** Halves as their bits. */
    readonly data: Float32Array | Uint16Array
    readonly dims: readonly number[]
  }
  export interface InferenceSession {
    readonly inputNames: readonly string[]
    readonly outputNames: readonly string[]
    run(feeds: Readonly<Record<string, Tensor>>, fetches?: readonly string[]): Promise<Readonly<Record<string, Tensor>>>
    release(): Promise<void>
  }
  interface SessionOptions {
    readonly executionProviders?: readonly string[]
    readonly graphOptimizationLevel?: 'disabled' | 'all'
    readonly intraOpNumThreads?: number
    readonly logSeverityLevel?: 0 | 1 | 2 | 3 | 4
    readonly extra?: Readonly<Record<string, unknown>>
  }
  export const InferenceSession: {
    create(model: string | Uint8Array, options?: SessionOptions): Promise<InferenceSession>
  }
  export const env: { readonly versions: { readonly node?: string; readonly common: string } }
}
