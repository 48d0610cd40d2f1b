// Entry of the proof process: an exported model in a runtime that has nothing of ours (plain tfjs, onnxruntime, TensorFlow's own loader of
// SavedModels), and the reading of networks of other programs. Each is loaded when it is asked for.
import { createProofService } from './service/proof-service'
import { serveParent } from './service/serve-parent'

void serveParent(createProofService())
