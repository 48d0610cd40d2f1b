// The editor as a whole: which designs are open, which is on show, how they are opened, saved and closed, and what the
// shown document comes to. Edits are edit-commands.ts, the list of stored designs is library.store.ts.
import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import { useEngine } from '@/api/keys'
import { toErrorData } from '@/api/errors'
import { useEngineStore } from '@/stores/engine.store'
import { isSound } from '@shared/architecture/checks'
import {
  diffDocuments,
  graphOf,
  isEmptyDiff,
  isSameDesign,
  metaOf,
  standaloneBlock,
  type ArchitectureDocument,
} from '@shared/architecture/document'
import type { Design } from '@shared/contract/designs'
import type { ErrorData } from '@shared/errors'
import { cardsOf, type Card } from '@shared/architecture/picture/cards'
import { parseDesign } from '../inspecting/inspector'
import { useInspection } from '../inspecting/use-inspection'
import { freeName, renamed } from '../model/templates'
import { useDrafts } from './drafts'
import { useLibraryStore } from './library.store'
import { OpenDesign, draftKeyOf } from './open-design'

export const useEditorStore = defineStore('design-editor', () => {
  const engine = useEngine()
  const status = useEngineStore()
  const stored = useLibraryStore()

  const tabs = shallowRef<readonly OpenDesign[]>([])
  const activeKey = shallowRef<string | null>(null)
  const active = computed(() => tabs.value.find(({ key }) => key === activeKey.value) ?? null)
  const isReadOnly = computed(() => status.isReadOnly)
  const isLocked = computed(() => isReadOnly.value || active.value === null || active.value.draft !== null)

  const draftError = shallowRef<ErrorData | null>(null)
  const drafts = useDrafts(
    engine,
    () => isReadOnly.value,
    (thrown) => (draftError.value = thrown === null ? null : toErrorData(thrown)),
  )
  const stops = new Map<string, () => void>()

  const inspectError = shallowRef<ErrorData | null>(null)
  const { inspected, isBusy: isInspecting } = useInspection(
    () => active.value && { design: active.value, document: active.value.document },
    () => stored.library,
    (thrown) => (inspectError.value = thrown === null ? null : toErrorData(thrown)),
  )
  /** Null while another tab's is still on its way: nothing of one design is shown beside another. */
  const inspection = computed(() =>
    inspected.value?.design === active.value ? (inspected.value?.inspection ?? null) : null,
  )
  let cardsBefore: ReadonlyMap<string, Card> = new Map()
  const cards = computed(() => {
    const current = inspected.value
    if (!current || current.design !== active.value) return new Map<string, Card>()
    cardsBefore = cardsOf(current.document, current.inspection, stored.library, { before: cardsBefore })
    return cardsBefore
  })

  function remember(): void {
    drafts.remembered.value = {
      tabs: tabs.value.map(({ key, designId }) => (designId === undefined ? { key } : { key, designId })),
      active: activeKey.value,
    }
  }
  /** Shows an open design, or with null the start page. */
  function show(key: string | null): void {
    activeKey.value = key
    remember()
  }
  function openTab(design: OpenDesign): OpenDesign {
    tabs.value = [...tabs.value, design]
    stops.set(design.key, drafts.follow(design))
    show(design.key)
    return design
  }

  /** Opens a document that is not stored yet, under a name that is free. */
  function openNew(document: ArchitectureDocument): OpenDesign {
    return openTab(new OpenDesign({ key: `new-${crypto.randomUUID()}`, document }))
  }
  /** A free name near `name`, beside stored and open designs and the blocks inside the one on show. */
  function nameFor(name: string): string {
    const inside = active.value ? graphOf(active.value.document).definitions.keys() : []
    return freeName(name, new Set([...stored.names, ...tabs.value.map((design) => design.meta.name), ...inside]))
  }
  /** Shows a stored design; unsaved work on it from an earlier session is offered, not applied. @throws AppError. */
  async function openStored(id: string): Promise<OpenDesign> {
    const open = tabs.value.find(({ designId }) => designId === id)
    if (open) {
      show(open.key)
      return open
    }
    const [document, draft] = await Promise.all([stored.load(id), drafts.load(draftKeyOf(id))])
    const design = openTab(new OpenDesign({ key: draftKeyOf(id), document, designId: id }))
    if (draft !== null && !isEmptyDiff(diffDocuments(document, draft))) design.draft = draft
    return design
  }
  /** Shows the stored design of the block that `name` means in `document`, or what that holds where it is another. @throws AppError. */
  async function openBlock(document: ArchitectureDocument, name: string): Promise<OpenDesign> {
    const block = standaloneBlock(document, name, stored.library)
    const design = stored.designs.find((known) => known.kind === 'block' && known.name === name)
    if (design && isSameDesign(block, await stored.load(design.id), stored.library)) return openStored(design.id)
    const free = nameFor(name)
    return openNew(free === name ? block : renamed(block, free))
  }
  /** Opens the network of a trial as a new design. @throws AppError. */
  async function openTrial(trialId: number, name: string): Promise<OpenDesign> {
    const { document } = await engine.client.trials.get({ id: trialId })
    const parsed = await parseDesign(document)
    const meta = { ...metaOf(parsed), name: nameFor(name) }
    return openNew({ ...parsed, records: { ...parsed.records, meta } })
  }

  /** Opens again what was open in the last session. What cannot be had any more is left out. */
  async function restoreSession(): Promise<void> {
    const { tabs: remembered, active: wanted } = drafts.remembered.value
    for (const { key, designId } of remembered) {
      if (tabs.value.some((design) => design.key === key)) continue
      try {
        if (designId !== undefined) await openStored(designId)
        else {
          const document = await drafts.load(key)
          if (document !== null) openTab(new OpenDesign({ key, document }))
        }
      } catch (thrown) {
        // A design that was removed elsewhere is no failure; anything else is shown where autosave's failures are.
        const error = toErrorData(thrown)
        if (error.code !== 'not-found') draftError.value = error
      }
    }
    if (wanted !== null && tabs.value.some(({ key }) => key === wanted)) show(wanted)
  }

  /** Stores what is on show; its draft is then needless. @throws AppError as `designs.save`. */
  async function save(design: OpenDesign): Promise<Design> {
    const { document, draftKey } = design
    const saved = await stored.save(document, design.designId)
    design.markSaved(saved.id, document)
    await drafts.discard(draftKey)
    remember()
    return saved
  }
  /** Closes a tab. Its draft stays until it is saved or thrown away, so closing loses nothing that was ever stored. */
  async function close(design: OpenDesign, isThrownAway: boolean): Promise<void> {
    stops.get(design.key)?.()
    stops.delete(design.key)
    const index = tabs.value.indexOf(design)
    tabs.value = tabs.value.filter((other) => other !== design)
    if (activeKey.value === design.key) activeKey.value = (tabs.value[index] ?? tabs.value[index - 1])?.key ?? null
    remember()
    if (isThrownAway && !isReadOnly.value) await drafts.discard(design.draftKey)
  }
  /** Removes a design from the workspace; its versions stay where runs need them. An open one becomes unsaved. */
  async function remove(id: string): Promise<void> {
    await stored.remove(id)
    tabs.value.find(({ designId }) => designId === id)?.markUnsaved()
    remember()
  }
  async function refuseDraft(design: OpenDesign): Promise<void> {
    design.draft = null
    await drafts.discard(design.draftKey)
  }

  watch(activeKey, () => (connectFrom.value = null))
  /** Node at which a connection was begun with the keyboard. */
  const connectFrom = shallowRef<string | null>(null)
  /** What a screen reader is told; the counter makes equal sentences news. */
  const announcement = shallowRef({ text: '', count: 0 })
  function announce(text: string): void {
    announcement.value = { text, count: announcement.value.count + 1 }
  }

  return {
    tabs,
    active,
    activeKey,
    isReadOnly,
    isLocked,
    library: computed(() => stored.library),
    inspection,
    /** True while a heavy document is being inspected: what is shown is that of the one before, or nothing. */
    isInspecting,
    inspectError,
    isSound: computed(() => inspection.value !== null && isSound(inspection.value.problems)),
    cards,
    draftError,
    show,
    openNew,
    nameFor,
    openStored,
    openBlock,
    openTrial,
    restoreSession,
    save,
    close,
    remove,
    refuseDraft,
    connectFrom,
    announcement,
    announce,
  }
})
