// onnxruntime on the processor: the independent runtime that ONNX exports are proven in. It has nothing of ours and runs in the proof
// process, never where TensorFlow's binding is.
import { createRequire } from 'node:module'
import path from 'node:path'
import type * as OnnxRuntime from 'onnxruntime-node'
import { AppError } from '@shared/errors'
import { LARGEST_ONNX_MIB } from '@shared/exchange/onnx/options'
import { MIB } from '@shared/units'
import { isMemoryRefusal } from '@node/memory-refusal'
import { openToRead, readWhole } from '@node/read-file'
import { withOutputs } from '@shared/exchange/onnx/proto'

export type Runtime = typeof OnnxRuntime

/** @throws AppError `not-found` where the optional package is not installed */
export function loadRuntime(): Runtime {
  try {
    // `import()` finds nothing inside the archive of a package (Electron 22).
    return createRequire(import.meta.url)('onnxruntime-node') as Runtime
  } catch (cause) {
    throw new AppError(
      'not-found',
      `ONNX exports are proven in onnxruntime, and it cannot be loaded: ${cause instanceof Error ? cause.message : String(cause)}`,
      'Install the optional npm package onnxruntime-node, or export without a proof.',
      { cause },
    )
  }
}

/** Of a model file; its weights may lie beside it. */
export const WHAT = { what: 'ONNX model', maxBytes: (LARGEST_ONNX_MIB + 1) * MIB } as const

export const runtimeTitle = ({ env }: Runtime): string => `onnxruntime ${env.versions.node ?? env.versions.common}, cpu`

/**
 * A model file as a session; whoever asks releases it.
 * @param further values of the graph that are wanted beside its outputs. Without any the file is loaded as its users load it
 * @throws AppError `not-found` for a missing file, `invalid-input` for one that is no model, or whose external data is missing
 */
export async function openSession(
  { InferenceSession }: Runtime,
  file: string,
  further: readonly string[] = [],
): Promise<OnnxRuntime.InferenceSession> {
  // onnxruntime opens it itself: looked at first, as every file.
  await (await openToRead(file, WHAT)).handle.close()
  const options = { executionProviders: ['cpu'], logSeverityLevel: 3 } as const
  try {
    if (further.length === 0) return await InferenceSession.create(file, options)
    const extra = { session: { model_external_initializers_file_folder_path: path.dirname(file) } }
    return await InferenceSession.create(withOutputs(await readWhole(file, WHAT), further), { ...options, extra })
  } catch (cause) {
    if (cause instanceof AppError || isMemoryRefusal(cause)) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AppError(
      'invalid-input',
      `onnxruntime cannot load ${file}: ${reason}`,
      'Weights in a file of their own must stay beside the model. Export the trial again.',
      { cause },
    )
  }
}
