// The proof process's side of its contract: exported files in runtimes that have nothing of ours, loaded on the first call.
import { implement } from '@orpc/server'
import { proofContract } from '@shared/contract/proof'
import { AppError } from '@shared/errors'
import { exportFormatFacts } from '@shared/exchange/formats'
import { firstDifference } from '../exchange/first-difference'
import { FORMATS } from '../exchange/formats'

export function createProofService() {
  const contract = implement(proofContract)
  return contract.router({
    predict: contract.predict.handler(async ({ input: { format, ...job } }) => {
      const { predict } = FORMATS[format]
      if (predict !== null) return predict(job)
      throw new AppError('invalid-input', `An export of ${exportFormatFacts(format).title} computes nothing.`)
    }),
    readNetwork: contract.readNetwork.handler(async ({ input: { path, weights, scaling } }) =>
      (await import('../exchange/take-over')).takeOver(path, weights, scaling),
    ),
    firstDifference: contract.firstDifference.handler(({ input }) => firstDifference(input)),
  })
}
