// Child of a test: writes one checkpoint after another until it is killed. Large, so that a kill in the middle of one is no luck.
import { writeBest, writeCheckpoint, type Progress } from '../../src/compute/training/checkpoint'

const FLOATS = 8 * 1024 ** 2

async function write(folder: string): Promise<void> {
  const epochs: Progress['epochs'] = []
  for (let epoch = 1; ; epoch++) {
    const state = [{ name: 'dense/kernel', shape: [FLOATS], values: new Float32Array(FLOATS).fill(epoch) }]
    const validationAccuracy = 1 - 1 / (epoch + 1)
    const figures = {
      learningRate: 0.1,
      trainLoss: 1,
      trainAccuracy: 0,
      validationLoss: 1,
      validationAccuracy,
      seconds: 1,
    }
    epochs.push({ epoch, ...figures })
    const best = await writeBest(folder, { epoch, accuracy: validationAccuracy, meta: {}, weights: state })
    await writeCheckpoint(folder, { identity: 'x', batchSize: 1, seconds: epoch, epochs, best }, state)
  }
}

void write(process.argv[2] ?? '')
