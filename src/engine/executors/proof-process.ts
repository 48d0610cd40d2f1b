// A fresh process for each proof and each import: it runs exports without anything of ours, and reads networks of other programs.
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
