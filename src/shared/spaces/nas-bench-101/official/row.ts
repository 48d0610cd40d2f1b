// One record of NAS-Bench-101's official file: JSON [module hash, epochs, adjacency, operations, metrics], the metrics a
// base64 protobuf (field numbers of the published model_metrics.proto). Not seen on the real file.
import protobuf from 'protobufjs/light'
import { z } from 'zod'
import { AppError } from '../../../errors'
import { firstIssue } from '../../../first-issue'
import { quoted, shownReason } from '../../../quoted'
import { protobufMessage, type ProtobufSchema } from '../../../protobuf'
import { MAX_VERTICES, cellProblems, edgeBit, packLabels, type Cell } from '../cell'

/** The benchmark's names of the operations, in the order of `CELL_OPERATIONS`. */
const OFFICIAL_OPERATIONS = ['conv1x1-bn-relu', 'conv3x3-bn-relu', 'maxpool3x3'] as const

export interface OfficialRow {
  readonly cell: Cell
  /** The benchmark's own MD5 of the cell. */
  readonly hash: string
  /** 4, 12, 36 or 108: what the run was trained for. */
  readonly epochs: number
  readonly parameters: number
  /** Seconds of training and accuracies in [0, 1], at the end of the run. */
  readonly final: {
    readonly trainingTime: number
    readonly trainAccuracy: number
    readonly validationAccuracy: number
    readonly testAccuracy: number
  }
}

const SCHEMA: ProtobufSchema = {
  nested: {
    EvaluationData: {
      fields: {
        currentEpoch: { type: 'double', id: 1 },
        trainingTime: { type: 'double', id: 2 },
        trainAccuracy: { type: 'double', id: 3 },
        validationAccuracy: { type: 'double', id: 4 },
        testAccuracy: { type: 'double', id: 5 },
      },
    },
    ModelMetrics: {
      fields: {
        evaluationData: { rule: 'repeated', type: 'EvaluationData', id: 1 },
        trainableParameters: { type: 'int32', id: 2 },
        totalTime: { type: 'double', id: 3 },
      },
    },
  },
}
const modelMetrics = protobufMessage(SCHEMA, 'ModelMetrics')

const rowSchema = z.tuple([
  z.string().regex(/^[0-9a-f]{32}$/, 'expected 32 hexadecimal digits'),
  z.number().int().positive(),
  z.string().regex(/^[01]{4,49}$/, 'expected an adjacency of zeros and ones'),
  z.string(),
  z.string(),
])
const fraction = z.number().min(0).max(1)
const metricsSchema = z.object({
  trainableParameters: z.number().int().positive(),
  evaluationData: z
    .array(
      z.object({
        trainingTime: z.number().min(0),
        trainAccuracy: fraction,
        validationAccuracy: fraction,
        testAccuracy: fraction,
      }),
    )
    .min(1),
})

const FIELDS = ['module hash', 'epochs', 'adjacency', 'operations', 'metrics']

function refused(index: number, reason: string, cause?: unknown): AppError {
  return new AppError(
    'invalid-input',
    `NAS-Bench-101 record ${index + 1}: ${reason}.`,
    "Use the benchmark's own file, nasbench_full.tfrecord or nasbench_only108.tfrecord.",
    { cause },
  )
}

function cellFrom(adjacency: string, operations: readonly string[]): Cell | string {
  const vertices = Math.sqrt(adjacency.length)
  if (!Number.isInteger(vertices) || vertices > MAX_VERTICES)
    return `adjacency of ${adjacency.length} digits is no square`
  if (operations.length !== vertices || operations[0] !== 'input' || operations[vertices - 1] !== 'output')
    return `operations: expected input, ${vertices - 2} operations and output, received ${quoted(operations.join(','))}`
  const labels = operations.slice(1, -1).map((name) => OFFICIAL_OPERATIONS.findIndex((known) => known === name))
  const unknown = labels.indexOf(-1)
  if (unknown >= 0)
    return `operations: ${quoted(operations[unknown + 1] ?? '')} is none of ${OFFICIAL_OPERATIONS.join(', ')}`
  let edges = 0
  for (let from = 0; from < vertices; from++)
    for (let to = 0; to < vertices; to++) {
      if (adjacency[from * vertices + to] !== '1') continue
      if (to <= from) return `adjacency: the edge ${from} -> ${to} does not point forward`
      edges |= 1 << edgeBit(from, to)
    }
  const cell = { vertices, edges, labels: packLabels(labels) }
  return cellProblems(cell)[0] ?? cell
}

/**
 * @param index of the record in the file, for messages
 * @throws AppError `invalid-input` naming the record and the field
 */
export function readOfficialRow(data: Uint8Array, index: number): OfficialRow {
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(data))
  } catch (cause) {
    throw refused(
      index,
      `it is not JSON (${shownReason(cause instanceof Error ? cause.message : String(cause))})`,
      cause,
    )
  }
  const row = rowSchema.safeParse(json)
  if (!row.success)
    throw refused(
      index,
      firstIssue(row.error, 'the record', ([at]) => FIELDS[Number(at)] ?? 'the record'),
    )
  const [hash, epochs, adjacency, operations, encoded] = row.data
  const cell = cellFrom(adjacency, operations.split(','))
  if (typeof cell === 'string') throw refused(index, cell)
  let message: unknown
  try {
    // Written by Python, which breaks base64 into lines.
    const text = encoded.replace(/\s+/g, '')
    const bytes = new Uint8Array(protobuf.util.base64.length(text))
    protobuf.util.base64.decode(text, bytes, 0)
    message = modelMetrics.toObject(modelMetrics.decode(bytes), { arrays: true, defaults: true })
  } catch (cause) {
    throw refused(index, `metrics: ${cause instanceof Error ? cause.message : String(cause)}`, cause)
  }
  const metrics = metricsSchema.safeParse(message)
  if (!metrics.success)
    throw refused(
      index,
      firstIssue(metrics.error, 'the record', (path) => `metrics.${path.map(String).join('.')}`),
    )
  const { evaluationData, trainableParameters } = metrics.data
  // Start, half and end of the run; the last one is what published comparisons use.
  const final = evaluationData[evaluationData.length - 1]!
  return { cell, hash, epochs, parameters: trainableParameters, final }
}
