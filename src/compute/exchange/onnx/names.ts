// Names that the files and the values of an ONNX export have: shared by whoever writes and whoever runs one.
export const MODEL_FILE = 'model.onnx'
export const DATA_FILE = 'model.onnx.data'

export const INPUT_NAME = 'image'
export const SCORES_NAME = 'scores'
export const PROBABILITIES_NAME = 'probabilities'
