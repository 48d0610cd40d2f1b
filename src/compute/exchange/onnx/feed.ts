// How an exported ONNX model is fed: as its metadata says.
import path from 'node:path'
import type { Tensor } from 'onnxruntime-node'
import { AppError } from '@shared/errors'
import { METADATA_FILE } from '@shared/exchange/metadata'
import { firstIssue } from '@shared/first-issue'
import { MIB } from '@shared/units'
import { readWhole } from '@node/read-file'
import { z } from 'zod'
import type { SplitRows } from '../../data/split-data'
import type { Runtime } from './runtime'

const factsSchema = z.object({
  input: z.object({
    name: z.string(),
    layout: z.enum(['nchw', 'nhwc']),
    isRaw: z.boolean(),
    normalisation: z.object({ mean: z.array(z.number()), deviation: z.array(z.number()) }),
  }),
  output: z.object({ name: z.string(), isSoftmax: z.boolean() }),
})
export type Facts = z.infer<typeof factsSchema>

/** The design of the largest networks has less than a megabyte. */
const MAX_BYTES = 64 * MIB

/** How the model is fed. @throws AppError `not-found`, `invalid-input` */
export async function readFacts(folder: string): Promise<Facts> {
  const file = path.join(folder, METADATA_FILE)
  const refuse = (reason: string, cause?: unknown): AppError =>
    new AppError(
      'invalid-input',
      `How the model is fed cannot be read from ${file}: ${reason}`,
      'Export the trial again.',
      {
        cause,
      },
    )
  const text = (await readWhole(file, { what: 'metadata of an export', maxBytes: MAX_BYTES })).toString('utf8')
  try {
    const parsed = factsSchema.safeParse(JSON.parse(text))
    if (parsed.success) return parsed.data
    throw refuse(firstIssue(parsed.error, 'metadata'))
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw refuse('it is no JSON', cause)
  }
}

/** Raw images `[count, height, width, channels]` as the model takes them. */
export function feed({ Tensor }: Runtime, { input }: Facts, pixels: Uint8Array, shape: SplitRows['shape']): Tensor {
  const [height, width, channels] = shape
  const area = height * width
  const count = pixels.length / (area * channels)
  const { mean, deviation } = input.normalisation
  const values = new Float32Array(pixels.length)
  for (let i = 0; i < pixels.length; i++) {
    const channel = i % channels
    const value = input.isRaw ? pixels[i]! : (pixels[i]! / 255 - mean[channel]!) / deviation[channel]!
    const position = Math.floor(i / channels)
    const image = Math.floor(position / area)
    const to = input.layout === 'nhwc' ? i : (image * channels + channel) * area + (position % area)
    values[to] = value
  }
  const dims = input.layout === 'nhwc' ? [height, width, channels] : [channels, height, width]
  return new Tensor('float32', values, [count, ...dims])
}
