// The scaling that a file of ours leaves to whoever runs it: exported without preprocessing, it says in its own words what that must do.
import { z } from 'zod'
import type { Scaling } from '../imported/scaling'
import type { OnnxGraph } from './read-graph'

/** As the writer calls itself (compute/exchange/onnx/model.ts). */
const OURS = /^GPT-NAS Workbench\b/

/** Characters: three numbers a channel at most. */
const LONGEST = 1_000_000

const inputSchema = z.object({
  isRaw: z.literal(false),
  normalisation: z.object({ mean: z.array(z.number()), deviation: z.array(z.number().positive()) }),
})

/**
 * @param channels of the image
 * @returns undefined for files of other programs, and where the graph itself takes raw pixels
 */
export function ownScaling({ producer, properties }: OnnxGraph, channels: number): Scaling | undefined {
  const text = properties.get('input')
  if (text === undefined || text.length > LONGEST || !OURS.test(producer)) return undefined
  try {
    const { normalisation } = inputSchema.parse(JSON.parse(text))
    const fits = normalisation.mean.length === channels && normalisation.deviation.length === channels
    return fits ? normalisation : undefined
  } catch {
    return undefined // a damaged property says nothing: the graph itself is all there is
  }
}
