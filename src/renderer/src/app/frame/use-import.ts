// A network that is imported, for as long as its dialog lives, open or closed: the file or the import, what was kept of it, its training.
import { computed, ref, type ComputedRef } from 'vue'
import { useEngine } from '@/api/keys'
import { useTask, type Task } from '@/api/use-task'
import { useDatasetsStore } from '@/stores/datasets.store'
import { useExportsStore } from '@/stores/exports.store'
import { useImportsStore } from '@/stores/imports.store'
import { useRunsStore } from '@/stores/runs.store'
import { applyDiff, parseDocument, setClasses, setInputShape } from '@shared/architecture/document'
import type { Dataset } from '@shared/contract/datasets'
import type { ImportFacts, NetworkImport } from '@shared/contract/imports'
import type { ScalingWish } from '@shared/exchange/imported/scaling'
import { runDefinitionSchema, type Run } from '@shared/search/run'

/** A file of another program, or what was imported before. */
export type ImportPlace = { readonly path: string } | { readonly importId: number }

export interface Looked {
  readonly facts: ImportFacts
  readonly document: unknown
  readonly kept: NetworkImport | null
}

/** As many as show that something is learned, in minutes. */
const FIRST_EPOCHS = 5

/** @param place where the network is; `path` only looks until it is kept */
export function useImport(place: ImportPlace) {
  const { client } = useEngine()
  const runs = useRunsStore()
  const datasets = useDatasetsStore()
  const exports = useExportsStore()
  const imports = useImportsStore()
  void datasets.load()

  const look = useTask(async (): Promise<Looked> => {
    if ('path' in place) return { ...(await client.imports.preview({ path: place.path })), kept: null }
    const { import: kept, document } = await client.imports.load({ id: place.importId })
    await exports.look({ importId: kept.id })
    return { facts: kept.facts, document, kept }
  })
  /** How its pixels are scaled where the file does not say it; undefined while what was typed is none. */
  const scaling = ref<ScalingWish | null | undefined>(null)
  const keep = useTask(async (): Promise<NetworkImport | null> => {
    if (!('path' in place) || scaling.value === undefined) return null
    const made = await client.imports.create({ path: place.path, partial: true, scaling: scaling.value })
    void imports.load()
    return made
  })
  const kept: ComputedRef<NetworkImport | null> = computed(() => keep.result.value ?? look.result.value?.kept ?? null)

  const datasetName = ref('')
  const epochs = ref<number | null>(FIRST_EPOCHS)
  const ready = computed<readonly Dataset[]>(() => (datasets.datasets ?? []).filter(({ state }) => state === 'ready'))
  const dataset = computed(() => ready.value.find(({ name }) => name === datasetName.value))
  const train: Task<[], Run | undefined> = useTask(async () => {
    const weightsSha256 = kept.value?.weightsSha256 ?? null
    if (kept.value === null || dataset.value === undefined || weightsSha256 === null || epochs.value === null)
      return undefined
    const given = parseDocument(look.result.value?.document)
    const sized = applyDiff(given, setInputShape(given, dataset.value.shape))
    const architecture = applyDiff(sized, setClasses(sized, dataset.value.classes.length))
    return runs.create(
      runDefinitionSchema.parse({
        name: kept.value.name,
        data: { dataset: dataset.value.name },
        recipe: { epochs: epochs.value },
        space: { kind: 'single', architecture: { ...architecture }, initialWeights: weightsSha256 },
      }),
    )
  })

  const isExporting = computed(() => kept.value !== null && exports.isBusy({ importId: kept.value.id }))
  return {
    look,
    scaling,
    keep,
    kept,
    train,
    ready,
    dataset,
    datasetName,
    epochs,
    isExporting,
    isBusy: (): boolean => keep.isBusy.value || train.isBusy.value || isExporting.value,
    hasFailed: (): boolean =>
      keep.error.value !== null ||
      train.error.value !== null ||
      (kept.value !== null && (exports.stateOf({ importId: kept.value.id })?.error ?? null) !== null),
  }
}
export type Import = ReturnType<typeof useImport>
