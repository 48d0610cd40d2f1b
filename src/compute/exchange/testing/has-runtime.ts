// onnxruntime-node is an optional package: where npm has left it out, tests that need it are skipped by name.
import { createRequire } from 'node:module'

export const hasOnnxRuntime = ((): boolean => {
  try {
    createRequire(__filename).resolve('onnxruntime-node')
    return true
  } catch {
    return false
  }
})()
