// Files and folders dropped on the window: an architecture, an export or its folder opens as a design, a network of another program in the
// dialog of imports. Without this the page itself would be left for the file.
import { onMounted, onUnmounted } from 'vue'
import { useHost } from '@/api/keys'
import { useExchangeStore } from '@/stores/exchange.store'
import { useNavigationStore } from '@/stores/navigation.store'
import { AppError } from '@shared/errors'
import { METADATA_FILE } from '@shared/exchange/metadata'

/** As large as what the dialog opens. */
const MAX_BYTES = 16 * 1024 * 1024

/** Main answers at once; a file that lies nowhere (a picture out of another window) gets no answer. */
const PLACE_WITHIN_MS = 5000

const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true

const fileOf = (entry: FileSystemFileEntry): Promise<File> =>
  new Promise((resolve, reject) => entry.file(resolve, reject))

/** What describes an export in the folder. @throws AppError `not-found` */
function metadataIn(folder: FileSystemDirectoryEntry): Promise<File> {
  const missing = new AppError(
    'not-found',
    `The folder ${folder.name} holds no ${METADATA_FILE}, so it is no export.`,
    'Drop the folder of an export, or an architecture file.',
  )
  return new Promise((resolve, reject) =>
    folder.getFile(
      METADATA_FILE,
      {},
      (entry) => void fileOf(entry as FileSystemFileEntry).then(resolve, reject),
      () => reject(missing),
    ),
  )
}

/** What another program writes: neither JSON nor a picture of ours, or JSON that begins as a model of Keras or tfjs. */
async function isForeign(file: File | null): Promise<boolean> {
  if (file === null) return false
  if (/\.svg$/i.test(file.name)) return false
  if (!/\.json$/i.test(file.name)) return true
  return /"(modelTopology|class_name)"\s*:/.test(await file.slice(0, MAX_HEAD).text())
}

/** Of a JSON file: enough for the first fields. */
const MAX_HEAD = 4096

async function textOf(entry: FileSystemEntry | null, whole: File | null): Promise<string> {
  const file = entry?.isDirectory === true ? await metadataIn(entry as FileSystemDirectoryEntry) : whole
  if (file === null) throw new AppError('invalid-input', 'What was dropped is no file.', 'Drop an architecture file.')
  if (file.size > MAX_BYTES)
    throw new AppError('invalid-input', `${file.name} is larger than any design.`, 'Drop an architecture file.')
  return file.text()
}

/** Call once, in the frame. */
export function useDroppedFiles(): void {
  const navigation = useNavigationStore()
  const exchange = useExchangeStore()
  const host = useHost()
  /** Main tells where the file lies, a moment after the page was given it. */
  let told: (path: string) => void = () => undefined

  function toldPlace(): Promise<string> {
    const place = new Promise<string>((resolve, reject) => {
      told = resolve
      const nowhere = new AppError('not-found', 'What was dropped lies in no folder.', 'Save it, then drop the file.')
      setTimeout(() => reject(nowhere), PLACE_WITHIN_MS)
    })
    place.catch(() => undefined) // asked for only where the file is another program's
    return place
  }
  /** The editor, which may still be loading, waits for it and tells what goes wrong. */
  function edit(text: Promise<string>): void {
    text.catch(() => undefined)
    navigation.openInEditor({ text })
  }

  function over(event: DragEvent): void {
    if (hasFiles(event)) event.preventDefault()
  }
  function drop(event: DragEvent): void {
    const item = [...(event.dataTransfer?.items ?? [])].find(({ kind }) => kind === 'file')
    if (!hasFiles(event) || item === undefined) return
    event.preventDefault()
    // The items are gone after this turn: what is read of them is asked for at once.
    const entry = item.webkitGetAsEntry()
    const file = entry?.isDirectory === true ? null : item.getAsFile()
    const place = toldPlace()
    const opened = isForeign(file).then(async (foreign) => {
      if (foreign) exchange.importing = await place
      else edit(textOf(entry, file))
    })
    opened.catch((error: unknown) => edit(Promise.reject<string>(error)))
  }
  const stop = host.onDropped((path) => told(path))
  onMounted(() => {
    window.addEventListener('dragover', over)
    window.addEventListener('drop', drop)
  })
  onUnmounted(() => {
    stop()
    window.removeEventListener('dragover', over)
    window.removeEventListener('drop', drop)
  })
}
