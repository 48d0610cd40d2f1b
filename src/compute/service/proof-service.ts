// The proof process's side of its contract: plain tfjs, loaded on the first call, nothing native.
import { implement } from '@orpc/server'
import { proofContract } from '@shared/contract/proof'
import { predictTfjs } from '../exchange/predict-tfjs'

export function createProofService() {
  const contract = implement(proofContract)
  return contract.router({
    predictTfjs: contract.predictTfjs.handler(async ({ input: { folder, data, indices } }) =>
      predictTfjs(await import('@tensorflow/tfjs'), folder, data, indices),
    ),
  })
}
