// Entry of the proof process: an exported model in plain tfjs or onnxruntime, in a process that never loads TensorFlow's binding.
import { createProofService } from './service/proof-service'
import { serveParent } from './service/serve-parent'

void serveParent(createProofService())
