// Exports of trials, imported networks and designs: what runs right now, with its stage, what was made, and its zip. Survives changing
// views and closing dialogs, because an export goes on when the user looks elsewhere. Telling the user is use-exporter's.
import { defineStore } from 'pinia'
import { shallowReactive } from 'vue'
import { useEngine } from '@/api/keys'
import { toErrorData } from '@/api/errors'
import type { ArchitectureDocument } from '@shared/architecture/document'
import type { DesignExport, DesignExportProgress, ExportProgress } from '@shared/contract/exports'
import type { ExportFormat, ExportOptions } from '@shared/exchange/formats'
import type { ErrorData } from '@shared/errors'

/** What is exported. A design is followed by the number of its dialog: nothing of it is stored. */
export type ExportSource =
  | { readonly trialId: number }
  | { readonly importId: number }
  | { readonly dialogId: number; readonly document: ArchitectureDocument }

export interface Bundle {
  readonly file: string
  readonly sizeBytes: number
}

export interface ExportState {
  readonly stage: ExportProgress['stage'] | 'failed'
  readonly message: string
  readonly result: DesignExport | null
  readonly error: ErrorData | null
  /** The zip of exactly this result. */
  readonly bundle: Bundle | null
  readonly bundleError: ErrorData | null
  readonly isBundling: boolean
}

export interface ExportWish {
  readonly format: ExportFormat
  readonly options?: ExportOptions
  /** Null: the workspace's own. */
  readonly folder: string | null
  /** False: nothing is compared. */
  readonly prove?: boolean
  /** Compared on every test image, not on a hundred. */
  readonly allImages?: boolean
  /** Of the starting weights of a design. */
  readonly seed?: number
}

export const isUnderWay = (stage: ExportState['stage']): boolean => stage !== 'done' && stage !== 'failed'

export function keyOf(source: ExportSource): string {
  if ('trialId' in source) return `trial/${source.trialId}`
  return 'importId' in source ? `import/${source.importId}` : `design/${source.dialogId}`
}

const NO_BUNDLE = { bundle: null, bundleError: null, isBundling: false } as const
const begun = (stage: ExportState['stage']): ExportState => ({
  ...{ stage, message: '', result: null, error: null },
  ...NO_BUNDLE,
})

export const useExportsStore = defineStore('exports', () => {
  const { client } = useEngine()
  const byKey = shallowReactive(new Map<string, ExportState>())
  const stateOf = (source: ExportSource): ExportState | null => byKey.get(keyOf(source)) ?? null
  const isBusy = (source: ExportSource): boolean => {
    const state = stateOf(source)
    return state !== null && (isUnderWay(state.stage) || state.isBundling)
  }

  /** Exports it. Never rejects: the final state says how it went. */
  function start(source: ExportSource, { seed, allImages = false, ...wish }: ExportWish): Promise<ExportState> {
    if ('document' in source)
      return follow(source, 'writing', () =>
        client.exports.createOfDesign({ ...wish, document: source.document, seed: seed ?? 0 }),
      )
    return follow(source, 'writing', () => client.exports.create({ ...source, ...wish, allImages }))
  }

  /** Compares what was exported with the trained network anew. Never rejects. */
  async function proveAgain(source: ExportSource): Promise<ExportState | null> {
    const folder = stateOf(source)?.result?.folder
    return folder === undefined ? null : follow(source, 'proving', () => client.exports.prove({ folder }))
  }

  async function follow(
    source: ExportSource,
    stage: ExportProgress['stage'],
    begin: () => Promise<AsyncIterable<ExportProgress | DesignExportProgress>>,
  ): Promise<ExportState> {
    const key = keyOf(source)
    const running = byKey.get(key)
    if (running !== undefined && (isUnderWay(running.stage) || running.isBundling)) return running
    let state = begun(stage)
    byKey.set(key, state)
    try {
      for await (const { stage: now, message, result } of await begin()) {
        state = { ...begun(now), message, result }
        byKey.set(key, state)
      }
    } catch (thrown) {
      const error = toErrorData(thrown)
      state = { ...begun('failed'), message: error.message, error }
      byKey.set(key, state)
    }
    return state
  }

  /** Zips what was made, with instructions. Never rejects. */
  async function bundle(source: ExportSource): Promise<void> {
    const key = keyOf(source)
    const made = byKey.get(key)
    if (made?.result == null || made.isBundling) return
    byKey.set(key, { ...made, ...NO_BUNDLE, isBundling: true })
    try {
      const zip = await client.exports.bundle({ folder: made.result.folder })
      byKey.set(key, { ...made, ...NO_BUNDLE, bundle: zip })
    } catch (thrown) {
      byKey.set(key, { ...made, ...NO_BUNDLE, bundleError: toErrorData(thrown) })
    }
  }

  /** Looks up what was exported before of a trial or an import, and keeps what is in progress. */
  async function look(source: { readonly trialId: number } | { readonly importId: number }): Promise<void> {
    const key = keyOf(source)
    if (byKey.has(key)) return
    const trialId = 'trialId' in source ? source.trialId : null
    const made = (await client.exports.list({ trialId })).filter((one) =>
      'trialId' in source ? one.trialId === source.trialId : one.importId === source.importId,
    )
    const newest = made.sort((a, b) => a.id - b.id).at(-1)
    if (newest !== undefined && !byKey.has(key)) byKey.set(key, { ...begun('done'), result: newest })
  }

  return { byKey, stateOf, isBusy, start, proveAgain, bundle, look }
})
