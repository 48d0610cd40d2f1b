// Entry of the throw-away process that checks TensorFlow's kernels: answers one call and ends with its port.
// A native crash here is an answer too; the engine reads it.
import { implement } from '@orpc/server'
import { selfCheckContract } from '@shared/contract/self-check'
import { serveParent } from './service/serve-parent'

const contract = implement(selfCheckContract)

const router = {
  // Loaded inside the call, so that a missing runtime reaches the engine as an error with its fix.
  run: contract.run.handler(async () => (await import('./tensorflow/self-check')).runSelfCheck(process.env)),
  look: contract.look.handler(async () => {
    const { runtimeVersions } = await import('./tensorflow/backend')
    const { tensorflow, device } = runtimeVersions()
    return { tensorflow, device }
  }),
  device: contract.device.handler(async () => {
    const { runtimeVersions } = await import('./tensorflow/backend')
    return { device: runtimeVersions().device }
  }),
}

void serveParent(router)
