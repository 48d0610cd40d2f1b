// Automatic layout of the canvas, by ELK in a worker. What ELK is asked is shared/architecture/picture's.
import ELK from 'elkjs/lib/elk-api.js'
import workerUrl from 'elkjs/lib/elk-worker.min.js?url'
import { latestOnly } from '@/lib/latest-only'
import type { ArchitectureDocument } from '@shared/architecture/document'
import { fromElk, toElk } from '@shared/architecture/picture/elk-graph'
import type { Layout } from '@shared/architecture/picture/graph'

export type LayOut = (document: ArchitectureDocument) => Promise<Layout | undefined>

/** A layouter with a worker of its own. Places have the input's centre at the origin; rejects when the worker fails. */
export function createLayouter(): { readonly layOut: LayOut; dispose(): void } {
  let elk: InstanceType<typeof ELK> | undefined
  return {
    layOut: latestOnly(async (document: ArchitectureDocument) => {
      elk ??= new ELK({ workerFactory: () => new Worker(workerUrl) })
      return fromElk(await elk.layout(toElk(document)))
    }),
    dispose: () => elk?.terminateWorker(),
  }
}
