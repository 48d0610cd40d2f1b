// What a training may write over: an earlier checkpoint as its model.json describes it, and the state of a broken-off training.
import { ownRecord, type OwnOutput } from '@node/safe-target'
import { z } from 'zod'
import { CARD_FILE, MODEL_FILE, WEIGHTS_FILE } from '../model/model-file'
import { isStateIn, STATE_FILE } from './training-state'

/** Only what is needed here, so that a checkpoint of another version is known for one as well. */
const recordSchema = z.object({
  format: z.string().startsWith('gptnas-proposer/'),
  weights: z.object({ sha256: z.string() }),
  card: z.object({ sha256: z.string() }),
})

const what = 'an earlier checkpoint of this program'

const checkpoint = ownRecord(what, MODEL_FILE, (json) => {
  const { success, data } = recordSchema.safeParse(json)
  if (!success) return undefined
  return new Map([
    [WEIGHTS_FILE, data.weights.sha256],
    [CARD_FILE, data.card.sha256],
  ])
})

export const ownCheckpoint: OwnOutput = {
  what,
  known: async (folder) => {
    const written = await checkpoint.known(folder)
    if (!(await isStateIn(folder))) return written
    return new Map([...(written ?? []), [STATE_FILE, null]])
  },
}
