// Where documents are read and inspected: the usual ones where they are shown, heavy ones by a worker, so that whatever a file
// asks for, a click is answered meanwhile (docs/decisions/121-what-an-architecture-may-ask-for.md).
import type { BlockLibrary } from '@shared/architecture/block'
import { inspectDocument } from '@shared/architecture/checks'
import { isUserBlock, parseDocument, type ArchitectureDocument } from '@shared/architecture/document'
import { isHeavy } from '@shared/architecture/estimated-work'
import { AppError } from '@shared/errors'
import { designFromText } from '@shared/exchange/design-from-text'
import InspectWorker from './inspect.worker?worker'
import type { Answer, DesignInspection, Question } from './questions'

/** Characters and records above which reading takes longer than a frame or two (measured, decision 121). */
const LONG_TEXT = 300_000
const MANY_RECORDS = 1_000

interface Waiting {
  readonly resolve: (result: unknown) => void
  readonly reject: (error: unknown) => void
}

let worker: Worker | undefined
let asked = 0
const waiting = new Map<number, Waiting>()

/** Started with the first heavy document and kept for the next. */
function theWorker(): Worker {
  if (worker) return worker
  const started = new InspectWorker()
  started.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
    const asker = waiting.get(data.id)
    waiting.delete(data.id)
    if ('error' in data) asker?.reject(new AppError(data.error.code, data.error.message, data.error.fix))
    else asker?.resolve(data.result)
  })
  started.addEventListener('error', ({ message }) => {
    started.terminate()
    worker = undefined
    const gone = new AppError('internal', `The process that checks designs has ended: ${message}`, 'Open it again.')
    for (const { reject } of waiting.values()) reject(gone)
    waiting.clear()
  })
  worker = started
  return started
}

function ask<R>(question: Question): Promise<R> {
  return new Promise<R>((resolve, reject) => {
    const id = ++asked
    waiting.set(id, { resolve: resolve as Waiting['resolve'], reject })
    theWorker().postMessage({ id, question })
  })
}

/** Records of a document and of the blocks beside them, as far as it looks like one. */
function recordCount(json: unknown): number {
  const records = typeof json === 'object' && json !== null && 'records' in json ? json.records : undefined
  if (typeof records !== 'object' || records === null) return 0
  return Object.values(records).reduce<number>(
    (sum, record: unknown) =>
      sum +
      1 +
      (typeof record === 'object' && record !== null && 'document' in record ? recordCount(record.document) : 0),
    0,
  )
}

/** A document from the text of a file. @throws AppError as `designFromText` */
export const readDesign = async (text: string): Promise<ArchitectureDocument> =>
  text.length > LONG_TEXT ? ask({ ask: 'read', text }) : designFromText(text)

/** A document that came over the contract. @throws AppError as `parseDocument` */
export const parseDesign = async (json: unknown): Promise<ArchitectureDocument> =>
  recordCount(json) > MANY_RECORDS ? ask({ ask: 'parse', json }) : parseDocument(json)

const remembered = new WeakMap<
  ArchitectureDocument,
  { readonly library: BlockLibrary; readonly inspection: DesignInspection }
>()

/** What is known at once: of a usual document always, of a heavy one after `inspectAway`. */
export function inspectNow(document: ArchitectureDocument, library: BlockLibrary): DesignInspection | undefined {
  const known = remembered.get(document)
  if (known?.library === library) return known.inspection
  return isHeavy(document, library) ? undefined : inspectDocument(document, library)
}

/** The same by the worker. @throws AppError `internal` where the worker ends */
export async function inspectAway(document: ArchitectureDocument, library: BlockLibrary): Promise<DesignInspection> {
  const own = [...library.values()].filter(isUserBlock).map((block) => block.document)
  const inspection = await ask<DesignInspection>({ ask: 'inspect', document, own })
  remembered.set(document, { library, inspection })
  return inspection
}
