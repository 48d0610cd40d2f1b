// Opening, saving, importing and exporting as the user meets them: dialogs, names, and what is said about the outcome.
import { useI18n } from 'vue-i18n'
import { useHost } from '@/api/keys'
import { useNoticesStore } from '@/stores/notices.store'
import {
  FILE_EXTENSION,
  documentText,
  metaOf,
  selfContained,
  type ArchitectureDocument,
} from '@shared/architecture/document'
import { readDesign } from '../inspecting/inspector'
import { renamed } from '../model/templates'
import { useEditorStore } from '../store/editor.store'
import { useLibraryStore } from '../store/library.store'

/** How the keys of this view's failures begin. */
export const DESIGN_FAILURES = 'design/'

export function useFiles() {
  const { t } = useI18n()
  const host = useHost()
  const notices = useNoticesStore()
  const editor = useEditorStore()
  const library = useLibraryStore()

  /** A failure is shown over the editor, with its reason and a button that tries again. */
  const attempt = <R>(name: string, title: string, work: () => Promise<R>): Promise<R | undefined> =>
    notices.attempt({ key: `${DESIGN_FAILURES}${name}`, title: t(title), retryLabel: t('common.retry') }, work)

  /** Stores the design on show; a failure is shown with its reason. */
  async function save(): Promise<void> {
    const design = editor.active
    if (design === null || editor.isLocked) return
    const saved = await attempt(`save-${design.key}`, 'design.saveFailed', () => editor.save(design))
    if (saved === undefined) return
    const key = saved.kind === 'network' ? 'design.savedNetwork' : 'design.savedBlock'
    const text = saved.searchable || saved.kind === 'network' ? t(key, { name: saved.name }) : t('design.savedFaulty')
    notices.tell(text)
    editor.announce(text)
  }
  async function openStored(id: string): Promise<void> {
    await attempt('open', 'design.openFailed', () => editor.openStored(id))
  }
  /** The block that a node of `document` names. */
  async function openBlock(document: ArchitectureDocument, name: string): Promise<void> {
    await attempt('open', 'design.openFailed', () => editor.openBlock(document, name))
  }
  async function openTrial(trialId: number, name: string): Promise<void> {
    await attempt('open', 'design.openFailed', () => editor.openTrial(trialId, name))
  }
  /** A document under a name that is free. */
  function openNew(document: ArchitectureDocument): void {
    const { name } = metaOf(document)
    const free = editor.nameFor(name)
    editor.openNew(free === name ? document : renamed(document, free))
  }
  async function importFile(): Promise<void> {
    await attempt('import', 'design.importFailed', async () => {
      const file = await host.openTextFile({
        title: t('design.importTitle'),
        extensions: [FILE_EXTENSION.slice(1), 'json', 'svg'],
      })
      if (file !== null) openNew(await readDesign(file.text))
    })
  }
  /** Of a file of ours that holds a design. */
  async function openText(text: Promise<string>): Promise<void> {
    await attempt('import', 'design.importFailed', async () => openNew(await readDesign(await text)))
  }
  async function exportFile(): Promise<void> {
    const design = editor.active
    if (design === null) return
    await attempt('export', 'design.exportFailed', async () => {
      const path = await host.saveTextFile({
        title: t('design.exportTitle'),
        defaultName: `${design.meta.name}${FILE_EXTENSION}`,
        text: documentText(selfContained(design.document, editor.library)),
      })
      if (path !== null) notices.tell(t('design.exported', { path }))
    })
  }
  /** Removes a stored design at once. An open one stays open, unsaved; any other can be brought back from the toast. */
  async function remove(id: string, name: string): Promise<void> {
    await attempt(`remove-${id}`, 'design.removeFailed', async () => {
      const isOpen = editor.tabs.some(({ designId }) => designId === id)
      const document = isOpen ? undefined : await library.load(id)
      await editor.remove(id)
      notices.tell(
        t('design.removed', { name }),
        document && { label: t('design.bringBack'), run: () => void editor.openNew(document) },
      )
    })
  }
  return { save, openStored, openBlock, openTrial, openNew, openText, importFile, exportFile, remove }
}
