// Entry of a compute: serves the contract to the engine that started it and ends with its port.
import { createComputeService } from './service/compute-service'
import { serveParent } from './service/serve-parent'

void serveParent(createComputeService({ environment: process.env }))
