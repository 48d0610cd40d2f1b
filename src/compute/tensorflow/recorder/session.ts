// A loaded graph: typed feeds in, copied values out. Owns the binding's session and nothing else.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError } from '@shared/errors'
import { nativeBinding } from '../backend'
import type { TensorValues } from '../binding'
import { encodeSavedModel, SERVING_TAG, type NodeDef } from './protobuf'

export interface Feed {
  /** Node name. */
  readonly node: string
  /** Native handle; stays the caller's. */
  readonly id: number
}

export class Session {
  readonly bytes: number
  private id: number | null

  constructor(nodes: readonly NodeDef[]) {
    const bytes = encodeSavedModel(nodes)
    const folder = mkdtempSync(join(tmpdir(), 'gpt-nas-graph-'))
    try {
      writeFileSync(join(folder, 'saved_model.pb'), bytes)
      this.id = nativeBinding.loadSavedModel(folder, SERVING_TAG)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
    this.bytes = bytes.length
  }

  /**
   * One run; blocks until it is done.
   * @returns copies of the fetched values, in order
   * @throws AppError out-of-memory where TensorFlow could not allocate
   */
  run(feeds: readonly Feed[], fetches: readonly string[]): TensorValues[] {
    if (this.id === null) throw new Error('The session is closed')
    const inputNames = feeds.map(({ node }) => `${node}:0`).join(',')
    const outputNames = fetches.map((node) => `${node}:0`).join(',')
    const outputs = this.guarded(this.id, feeds, inputNames, outputNames)
    try {
      return outputs.map(({ id }) => nativeBinding.tensorDataSync(id))
    } finally {
      outputs.forEach(({ id }) => nativeBinding.deleteTensor(id))
    }
  }

  close(): void {
    if (this.id === null) return
    nativeBinding.deleteSavedModel(this.id)
    this.id = null
  }

  private guarded(id: number, feeds: readonly Feed[], inputNames: string, outputNames: string) {
    try {
      return nativeBinding.runSavedModel(
        id,
        feeds.map((feed) => feed.id),
        inputNames,
        outputNames,
      )
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause)
      if (!/OOM|resource exhausted|failed to allocate/i.test(message)) throw cause
      throw new AppError(
        'out-of-memory',
        `TensorFlow could not allocate memory for a step: ${message.split('\n')[0] ?? ''}`,
        'Use a smaller batch or a smaller network, or run fewer computes at once.',
        { cause },
      )
    }
  }
}
