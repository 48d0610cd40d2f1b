// Files and folders dropped on the window: an architecture, an export or its folder opens as a design. Without this the page itself
// would be left for the file.
import { onMounted, onUnmounted } from 'vue'
import { useNavigationStore } from '@/stores/navigation.store'
import { AppError } from '@shared/errors'
import { METADATA_FILE } from '@shared/exchange/metadata'

/** As large as what the dialog opens. */
const MAX_BYTES = 16 * 1024 * 1024

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

async function textOf(item: DataTransferItem): Promise<string> {
  const entry = item.webkitGetAsEntry()
  const whole = item.getAsFile()
  const file = entry?.isDirectory === true ? await metadataIn(entry as FileSystemDirectoryEntry) : whole
  if (file === null) throw new AppError('invalid-input', 'What was dropped is no file.', 'Drop an architecture file.')
  if (file.size > MAX_BYTES)
    throw new AppError('invalid-input', `${file.name} is larger than any design.`, 'Drop an architecture file.')
  return file.text()
}

/** Call once, in the frame. */
export function useDroppedFiles(): void {
  const navigation = useNavigationStore()

  function over(event: DragEvent): void {
    if (hasFiles(event)) event.preventDefault()
  }
  function drop(event: DragEvent): void {
    const item = [...(event.dataTransfer?.items ?? [])].find(({ kind }) => kind === 'file')
    if (!hasFiles(event) || item === undefined) return
    event.preventDefault()
    // The items are gone after this turn: what is read of them is asked for at once.
    const text = textOf(item)
    // The editor, which may still be loading, waits for it and tells what goes wrong.
    text.catch(() => undefined)
    navigation.openInEditor({ text })
  }
  onMounted(() => {
    window.addEventListener('dragover', over)
    window.addEventListener('drop', drop)
  })
  onUnmounted(() => {
    window.removeEventListener('dragover', over)
    window.removeEventListener('drop', drop)
  })
}
