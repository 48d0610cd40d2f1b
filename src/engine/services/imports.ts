// Implements the import service; how a network is taken over is engine/imports/.
import { implement } from '@orpc/server'
import { importsContract } from '@shared/contract/imports'
import { importNetwork, previewImport } from '../imports/import-network'
import { takeOut } from '../imports/remove-import'
import { listImports, loadImport } from '../storage/imports'
import type { Services } from './services'

export function importsService(services: Services) {
  const { store } = services
  const os = implement(importsContract)
  return os.router({
    preview: os.preview.handler(({ input }) => previewImport(services, input.path)),
    create: os.create.handler(({ input }) => importNetwork(services, input.path, input)),
    list: os.list.handler(() => listImports(store.db)),
    load: os.load.handler(({ input }) => loadImport(store.db, input.id)),
    remove: os.remove.handler(async ({ input }) => ({ removed: await takeOut(services, input.id) })),
  })
}
