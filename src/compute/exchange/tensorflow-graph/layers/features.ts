// Dense layers and batch normalisation.
import { flagOf } from '@shared/architecture/catalogue/parameter-values'
import { isMap } from '@shared/architecture/catalogue/window'
import { channelsOf } from '@shared/architecture/layer'
import { BATCH_NORM_EPSILON } from '../../../networks/layers/batch-norm-constants'
import { attr, DT_FLOAT } from '../proto'
import type { Mapping } from './call'

export const dense: Mapping = ({ builder, node, inputs: [x], array }) => {
  const { shape, values, grid } = array('kernel')
  const outputs = shape[1]!
  const hasBias = flagOf(node.parameters, 'bias')
  const kernel = builder.constant(`${node.id}.kernel`, shape, values, grid)
  const product = builder.add('MatMul', hasBias ? `${node.id}.unbiased` : node.id, [x.name, kernel], [outputs], {
    transpose_a: attr.flag(false),
    transpose_b: attr.flag(false),
  })
  if (!hasBias) return product
  const bias = builder.constant(`${node.id}.bias`, [outputs], array('bias').values)
  return builder.add('BiasAdd', node.id, [product.name, bias], [outputs], { data_format: attr.text('NHWC') })
}

/** Running statistics. The operation takes maps only: rows are (x - mean) scale + beta, with the scale worked out in float64. */
export const batchNormalisation: Mapping = ({ builder, node, inputs: [x], array }) => {
  const dims = [channelsOf(x.shape)]
  const constant = (role: string, values = array(role).values): string =>
    builder.constant(`${node.id}.${role}`, dims, values)
  if (isMap(x.shape)) {
    const weights = ['gamma', 'beta', 'moving-mean', 'moving-variance'].map((role) => constant(role))
    return builder.add('FusedBatchNormV3', node.id, [x.name, ...weights], x.shape, {
      U: attr.type(DT_FLOAT),
      epsilon: attr.float(BATCH_NORM_EPSILON),
      is_training: attr.flag(false),
      data_format: attr.text('NHWC'),
    })
  }
  const variance = array('moving-variance').values
  const scale = array('gamma').values.map((gamma, i) => gamma / Math.sqrt(variance[i]! + BATCH_NORM_EPSILON))
  const centred = builder.add('Sub', `${node.id}.centred`, [x.name, constant('moving-mean')], x.shape)
  const scaled = builder.add('Mul', `${node.id}.scaled`, [centred.name, constant('scale', scale)], x.shape)
  return builder.add('AddV2', node.id, [scaled.name, constant('beta')], x.shape)
}
