// Fine-tuning without a thread, whose program is there in a build alone.
import { refuseCancelled } from '@node/cancel'
import { nextTurn } from '@node/waiting'
import { tune } from '../fine-tuning/tune'
import type { Tuner } from '../fine-tuning/tuner'

export const inPlaceTuner: Tuner = (job, tell, signal) =>
  tune(job, tell, async () => {
    await nextTurn()
    refuseCancelled(signal)
  })
