// Automatic layout of the canvas, by ELK in a worker. What ELK is asked is shared/architecture/picture's.
import ELK from 'elkjs/lib/elk-api.js'
import workerUrl from 'elkjs/lib/elk-worker.min.js?url'
import type { ArchitectureDocument } from '@shared/architecture/document'
import { fromElk, toElk } from '@shared/architecture/picture/elk-graph'
import type { Layout } from '@shared/architecture/picture/graph'

export type LayOut = (document: ArchitectureDocument) => Promise<Layout | undefined>

/**
 * Asks `ask` one question at a time. A newer question replaces one that still waits, whose answer is then undefined: edits
 * may come faster than layouts of a large graph.
 */
export function latestOnly(ask: (document: ArchitectureDocument) => Promise<Layout>): LayOut {
  let running: Promise<unknown> = Promise.resolve()
  let newest = 0
  return (document) => {
    const mine = ++newest
    const answer = running.then(() => (mine === newest ? ask(document) : undefined))
    running = answer.catch(() => undefined)
    return answer
  }
}

/** A layouter with a worker of its own. Places have the input's centre at the origin; rejects when the worker fails. */
export function createLayouter(): { readonly layOut: LayOut; dispose(): void } {
  let elk: InstanceType<typeof ELK> | undefined
  return {
    layOut: latestOnly(async (document) => {
      elk ??= new ELK({ workerFactory: () => new Worker(workerUrl) })
      return fromElk(await elk.layout(toElk(document)))
    }),
    dispose: () => elk?.terminateWorker(),
  }
}
