// Whether a search may use what is designed: a block by joining the space, a network by being one of its chains.
import { computed, onMounted } from 'vue'
import { useI18n } from 'vue-i18n'
import { useNavigationStore } from '@/stores/navigation.store'
import { useNoticesStore } from '@/stores/notices.store'
import { useDatasetsStore } from '@/stores/datasets.store'
import { useDefinitionStore } from '@/stores/definition.store'
import { shapeAt } from '@shared/search/resolution'
import { openSpace } from '@shared/spaces'
import { chainSpaceSchema } from '@shared/spaces/block-chain/schema'
import { AppError } from '@shared/errors'
import { useEditorStore } from '../store/editor.store'

export interface SearchFit {
  readonly tone: 'done' | 'paused' | 'pruned'
  readonly text: string
  /** True for a stored network that the space of the search settings can express. */
  readonly canSeed: boolean
}

export function useSearchFit() {
  const { t } = useI18n()
  const editor = useEditorStore()
  const definition = useDefinitionStore()
  const datasets = useDatasetsStore()
  const navigation = useNavigationStore()
  const notices = useNoticesStore()
  onMounted(() => datasets.datasets ?? void datasets.load())

  /** Why the present network is not a chain of the search settings' space; undefined when it is. */
  const reason = computed(() => {
    const design = editor.active
    if (!design || design.meta.kind !== 'network' || !editor.isSound) return undefined
    const { definition: settings } = definition
    const data = datasets.datasets?.find(({ name }) => name === settings?.data.dataset)
    try {
      const facts = {
        shape: data ? shapeAt(data.name, data.shape, settings?.data.resolution ?? null) : design.meta.input,
        classes: data?.classes.length ?? design.meta.classes,
      }
      const space = openSpace(settings?.space ?? chainSpaceSchema.parse({}), facts, editor.library)
      const result = space.fromDocument?.(design.document)
      if (result === undefined) return t('design.fit.unreadSpace', { space: space.name })
      return 'reason' in result ? result.reason : undefined
    } catch (error) {
      // Search settings that leave no space at all are said so by the search view; here they are the reason.
      if (error instanceof AppError) return error.message
      throw error
    }
  })

  const fit = computed<SearchFit | null>(() => {
    const design = editor.active
    if (!design || editor.inspection === null) return null
    if (!editor.isSound) return { tone: 'pruned', text: t('design.fit.errors'), canSeed: false }
    const isStored = design.designId !== undefined && !design.isDirty
    if (design.meta.kind === 'block')
      return isStored
        ? { tone: 'done', text: t('design.fit.blockJoined'), canSeed: false }
        : { tone: 'paused', text: t('design.fit.blockUnsaved'), canSeed: false }
    if (reason.value !== undefined)
      return { tone: 'pruned', text: t('design.fit.networkOutside', { reason: reason.value }), canSeed: false }
    return isStored
      ? { tone: 'done', text: t('design.fit.networkInside'), canSeed: true }
      : { tone: 'paused', text: t('design.fit.networkUnsaved'), canSeed: false }
  })

  /** Puts the stored network among the seeds of the search being defined, and goes there. */
  function seed(): void {
    const id = editor.active?.designId
    if (id === undefined) return
    const seeds = definition.value('seedDesigns')
    const before = Array.isArray(seeds) ? (seeds as string[]) : []
    if (!before.includes(id)) definition.set('seedDesigns', [...before, id])
    definition.page = 'definition'
    navigation.open('search')
    // The list of seeds is among the expert settings, which may be hidden.
    notices.tell(t('design.fit.seeded', { name: editor.active?.meta.name ?? '' }))
  }
  return { fit, seed }
}
