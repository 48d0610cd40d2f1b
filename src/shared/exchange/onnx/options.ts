// What can be chosen of an ONNX export. How each choice is written is compute/exchange/onnx's.
import { z } from 'zod'
import { setting } from '../../search/settings'

/** One file may hold no more: protobuf counts its bytes with 31 bits. */
export const LARGEST_ONNX_MIB = 2047

export const onnxOptionsSchema = z.strictObject({
  inputLayout: setting(z.enum(['nchw', 'nhwc']).default('nchw'), {
    description:
      'Order of the axes of the input: nchw as PyTorch and most ONNX programs have them, nhwc as image decoders and TensorFlow do.',
  }),
  preprocessing: setting(z.boolean().default(true), {
    description:
      'The graph takes raw pixels from 0 to 255 and brings them to mean and deviation itself; without it, whoever runs the model does.',
  }),
  softmax: setting(z.boolean().default(true), {
    description: 'The graph ends with class probabilities; without it, with the class scores before the softmax.',
  }),
  fuseBatchNorm: setting(z.boolean().default(false), {
    description:
      'Batch normalisation goes into the weights of the convolution or dense layer before it, where nothing else reads that layer.',
  }),
  precision: setting(z.enum(['float32', 'float16', 'int8']).default('float32'), {
    description:
      'How weights are stored and computed with. float16 halves the file, int8 quarters it (values rounded by ranges of validation images, batch normalisation fused); input and output stay float32. Both are compared more generously.',
  }),
  externalDataAbove: setting(z.number().min(0).max(LARGEST_ONNX_MIB).default(1024), {
    description:
      'Weights of more than this go into a file of their own, model.onnx.data, that must stay beside the model.',
    unit: 'mebibytes',
  }),
})
export type OnnxOptions = z.infer<typeof onnxOptionsSchema>
