// Exports of trials: what runs right now, with its stage, and what was made. Survives changing views, because an export
// goes on when the user looks elsewhere. Telling the user is use-exporter's.
import { defineStore } from 'pinia'
import { shallowReactive } from 'vue'
import { useEngine } from '@/api/keys'
import { toErrorData } from '@/api/errors'
import type { Export, ExportProgress } from '@shared/contract/exports'
import type { ExportFormat, ExportOptions } from '@shared/exchange/formats'
import type { ErrorData } from '@shared/errors'

export interface ExportState {
  readonly stage: ExportProgress['stage'] | 'failed'
  readonly message: string
  readonly result: Export | null
  readonly error: ErrorData | null
}

export interface ExportWish {
  readonly format: ExportFormat
  readonly options?: ExportOptions
  /** Null: the workspace's own. */
  readonly folder: string | null
  /** False: nothing is compared. */
  readonly prove?: boolean
}

export const isUnderWay = (stage: ExportState['stage']): boolean => stage !== 'done' && stage !== 'failed'

/** Imports have ids of their own: what is followed of them goes below zero. */
export const keyOfImport = (id: number): number => -id

export const useExportsStore = defineStore('exports', () => {
  const { client } = useEngine()
  const byTrial = shallowReactive(new Map<number, ExportState>())

  /** Exports a trial. Never rejects: the final state says how it went. */
  async function start(trialId: number, wish: ExportWish): Promise<ExportState> {
    return follow(trialId, 'writing', () => client.exports.create({ trialId, ...wish }))
  }

  /** Compares what was exported with the trained network anew. Never rejects. */
  async function proveAgain({ trialId, importId, folder }: Export): Promise<ExportState> {
    return follow(trialId ?? keyOfImport(importId ?? 0), 'proving', () => client.exports.prove({ folder }))
  }

  async function follow(
    trialId: number,
    stage: ExportProgress['stage'],
    begin: () => Promise<AsyncIterable<ExportProgress>>,
  ): Promise<ExportState> {
    const running = byTrial.get(trialId)
    if (running !== undefined && isUnderWay(running.stage)) return running
    let state: ExportState = { stage, message: '', result: null, error: null }
    byTrial.set(trialId, state)
    try {
      for await (const { stage: now, message, result } of await begin()) {
        state = { stage: now, message, result, error: null }
        byTrial.set(trialId, state)
      }
    } catch (thrown) {
      const error = toErrorData(thrown)
      state = { stage: 'failed', message: error.message, result: null, error }
      byTrial.set(trialId, state)
    }
    return state
  }

  /** Looks up what was exported before and keeps what is in progress. */
  async function look(trialId: number): Promise<void> {
    if (byTrial.has(trialId)) return
    const made = await client.exports.list({ trialId })
    const newest = [...made].sort((a, b) => a.id - b.id).at(-1)
    if (newest !== undefined && !byTrial.has(trialId)) {
      byTrial.set(trialId, { stage: 'done', message: '', result: newest, error: null })
    }
  }

  return { byTrial, start, proveAgain, look }
})
