// Child of a test: stores one generation of three trials after another until it is killed.
import { addJournal } from '../storage/journal'
import { insertRun } from '../storage/runs'
import { openStore } from '../storage/store'
import { insertGeneration } from '../storage/trials'
import { newRun, newTrial } from './run-fixtures'

async function write(folder: string): Promise<void> {
  const store = openStore(folder)
  await store.write((writer) => insertRun(writer, newRun('endless')))
  for (let generation = 0; ; generation++) {
    await store.write(async (writer) => {
      await insertGeneration(
        writer,
        'endless',
        generation,
        ['a', 'b', 'c'].map((name) => newTrial(name)),
      )
      await addJournal(writer, 'endless', 'info', `Generation ${generation} is stored.`)
    })
    process.send?.(generation)
    // Lets the message out and the heart beat.
    await new Promise((resolve) => setImmediate(resolve))
  }
}

void write(process.argv[2]!)
