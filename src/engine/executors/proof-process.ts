// A fresh process that runs exports with plain tfjs; one for each proof, so that nothing of ours is loaded in it.
import type { ProofContract } from '@shared/contract/proof'
import { createClient } from '@shared/transport/rpc'
import type { StartProof } from './pool'
import type { ProcessStarter } from './process-starter'

export function proofStarter(start: ProcessStarter): StartProof {
  return async () => {
    const process = await start('proof', {})
    return {
      client: createClient<ProofContract>(process.port),
      close: async () => {
        process.kill()
        await process.exited
      },
    }
  }
}
