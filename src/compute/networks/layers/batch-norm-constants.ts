// Momentum 0.9 for the running statistics and epsilon 1e-5 are PyTorch's; Keras's 0.99 needs more steps than a short
// candidate training has (docs/rules.md#padding-and-activations). Apart from the layer, so that an exporter needs no
// TensorFlow.
export const BATCH_NORM_MOMENTUM = 0.9
export const BATCH_NORM_EPSILON = 1e-5
