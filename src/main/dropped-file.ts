// What a person drops on the window: an architecture, a picture or an export of ours is read here, through the reader that looks before
// it reads; a network of another program is only told apart, by its name and how it begins. Knows nothing of Electron.
import { stat } from 'node:fs/promises'
import path from 'node:path'
import type { Dropped } from '@shared/contract/window'
import { AppError } from '@shared/errors'
import { METADATA_FILE } from '@shared/exchange/metadata'
import { fill, isMissing, openToRead } from '@node/read-file'
import { readTextFile } from '@node/text-file'

const WHAT = 'design'
/** Of a JSON file: enough for the first fields. */
const HEAD_BYTES = 4096

/** @throws AppError as files are read; `not-found` for a folder that is no export */
export async function readDropped(place: string, maxBytes: number): Promise<Dropped> {
  if (await isFolder(place)) return { path: place, text: await exportIn(place, maxBytes) }
  if (await isForeign(place)) return { path: place, text: null }
  return { path: place, text: (await readTextFile(place, { what: WHAT, maxBytes })).text }
}

/** What is not there is told by who reads it. */
const isFolder = (place: string): Promise<boolean> =>
  stat(place).then(
    (info) => info.isDirectory(),
    () => false,
  )

async function exportIn(folder: string, maxBytes: number): Promise<string> {
  try {
    return (await readTextFile(path.join(folder, METADATA_FILE), { what: WHAT, maxBytes })).text
  } catch (thrown) {
    if (!isMissing(thrown)) throw thrown
    throw new AppError(
      'not-found',
      `The folder ${path.basename(folder)} holds no ${METADATA_FILE}, so it is no export.`,
      'Drop the folder of an export, or an architecture file.',
    )
  }
}

/** What another program writes: neither JSON nor a picture of ours, or JSON that begins as a model of Keras or tfjs. */
async function isForeign(place: string): Promise<boolean> {
  const name = place.toLowerCase()
  if (name.endsWith('.svg')) return false
  if (!name.endsWith('.json')) return true
  const { handle } = await openToRead(place, { what: WHAT })
  try {
    const head = Buffer.alloc(HEAD_BYTES)
    const read = await fill(handle, head, 0)
    return /"(modelTopology|class_name)"\s*:/.test(head.toString('utf8', 0, read))
  } finally {
    await handle.close()
  }
}
