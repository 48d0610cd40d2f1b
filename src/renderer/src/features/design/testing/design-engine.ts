// For tests of the editor: the window's fake engine with a design service that stores, over the real contract, and the
// editor mounted on it. The canvas is the real adapter without pixels; the layout worker is replaced by a column.
import { implement } from '@orpc/server'
import { mount, type VueWrapper } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { TooltipProvider } from 'reka-ui'
import { defineComponent, h, type Component } from 'vue'
import { createEngineConnection, type EngineClient, type EngineConnection } from '@/api/engine-client'
import { engineKey, hostKey } from '@/api/keys'
import { createLocale } from '@/locales'
import { createFakeEngine, type FakeEngine } from '@/testing/fake-engine'
import { emptyState, type FakeState } from '@/testing/fake-state'
import { createFakeHost, type FakeHost } from '@/testing/mount-with-engine'
import { BUILT_IN_BLOCKS } from '@shared/architecture/blocks'
import { inspectDocument, isSound } from '@shared/architecture/checks'
import { metaOf, parseDocument, type ArchitectureDocument } from '@shared/architecture/document'
import { designsContract, type Design } from '@shared/contract/designs'
import { AppError } from '@shared/errors'
import { memoryPorts } from '@shared/transport/port'
import { createClient, serveRouter } from '@shared/transport/rpc'

export interface StoredDesigns {
  readonly designs: Map<string, { design: Design; document: ArchitectureDocument }>
  readonly drafts: Map<string, ArchitectureDocument>
  /** Procedures that fail from now on. */
  readonly failures: Map<'save' | 'load' | 'list' | 'saveDraft', AppError>
}

export function storedDesigns(): StoredDesigns {
  return { designs: new Map(), drafts: new Map(), failures: new Map() }
}

/** Stores a document as if it had been saved before. */
export function store(
  stored: StoredDesigns,
  document: ArchitectureDocument,
  id = `d${stored.designs.size + 1}`,
): Design {
  const meta = metaOf(document)
  const { problems, cost } = inspectDocument(document, BUILT_IN_BLOCKS)
  const design: Design = {
    id,
    kind: meta.kind,
    name: meta.name,
    updatedAt: new Date(stored.designs.size).toISOString(),
    parameters: cost?.parameters ?? null,
    macs: cost?.macs ?? null,
    errors: problems.filter(({ severity }) => severity === 'error').length,
    searchable: isSound(problems),
  }
  stored.designs.set(id, { design, document })
  return design
}

function designsClient(stored: StoredDesigns): EngineClient['designs'] {
  const fail = (name: 'save' | 'load' | 'list' | 'saveDraft'): void => {
    const failure = stored.failures.get(name)
    if (failure) throw failure
  }
  const os = implement(designsContract)
  const router = os.router({
    list: os.list.handler(() => (fail('list'), [...stored.designs.values()].map(({ design }) => design))),
    load: os.load.handler(({ input }) => {
      fail('load')
      const found = stored.designs.get(input.id)
      if (!found) throw new AppError('not-found', `There is no design ${input.id}.`)
      return found
    }),
    save: os.save.handler(({ input }) => (fail('save'), store(stored, parseDocument(input.document), input.id))),
    remove: os.remove.handler(({ input }) => ({ removed: stored.designs.delete(input.id) })),
    saveDraft: os.saveDraft.handler(({ input }) => {
      fail('saveDraft')
      stored.drafts.set(input.key, parseDocument(input.document))
      return { savedAt: new Date(0).toISOString() }
    }),
    loadDraft: os.loadDraft.handler(({ input }) => {
      const document = stored.drafts.get(input.key)
      return document === undefined ? null : { document }
    }),
    discardDraft: os.discardDraft.handler(({ input }) => ({ removed: stored.drafts.delete(input.key) })),
  })
  const [ours, theirs] = memoryPorts()
  serveRouter(router, ours)
  return createClient<typeof designsContract>(theirs)
}

export interface MountedDesign {
  readonly wrapper: VueWrapper
  readonly engine: FakeEngine
  readonly host: FakeHost
  readonly stored: StoredDesigns
}

/** Mounts `component`; the caller unmounts. What the window remembers is forgotten first, unless `keepsStorage`. */
export function mountDesign(
  component: Component,
  options: {
    readonly changes?: Partial<FakeState>
    readonly stored?: StoredDesigns
    /** What every trial's network is. */
    readonly trialDocument?: ArchitectureDocument
    readonly keepsStorage?: boolean
    readonly props?: object
  } = {},
): MountedDesign {
  const { changes = {}, trialDocument, stored = storedDesigns(), keepsStorage = false, props } = options
  if (!keepsStorage) localStorage.clear()
  localStorage.setItem('gptnas.view', 'design')
  const engine = createFakeEngine(emptyState(changes))
  const host = createFakeHost()
  const base = createEngineConnection()
  base.accept(engine.port())
  const designs = designsClient(stored)
  const trials = { get: () => Promise.resolve({ document: trialDocument }) }
  const connection: EngineConnection = {
    ...base,
    client: new Proxy(base.client, {
      get: (client, key) => {
        if (key === 'designs') return designs
        return key === 'trials' && trialDocument ? trials : (Reflect.get(client, key) as unknown)
      },
    }),
  }
  const pinia = createPinia()
  setActivePinia(pinia)
  const root = defineComponent({
    render: () => h(TooltipProvider, null, { default: () => h(component, { ...props }) }),
  })
  const wrapper = mount(root, {
    attachTo: document.body,
    global: {
      plugins: [pinia, createLocale()],
      provide: { [engineKey as symbol]: connection, [hostKey as symbol]: host },
    },
  })
  return { wrapper, engine, host, stored }
}
