// Imports for tests: decoders in place, a workspace folder of the test, every step collected.
import { importRequestSchema, type DatasetProgress } from '@shared/contract/datasets'
import type { z } from 'zod'
import { temporaryFolder } from '../../testing/temporary-folder'
import { createDatasets, type Datasets } from '../datasets'
import { inPlaceDecoders } from './in-place-decoders'
import type { ImportsOptions } from '../imports'

export type Request = z.input<typeof importRequestSchema>

export interface ImportHarness {
  readonly datasets: Datasets
  /** `datasets/` of the workspace. */
  readonly folder: string
  /** Runs an import to its end; the steps it told. */
  run(request: Request): Promise<DatasetProgress[]>
  /** Makes the images of a resolution; the steps it told. */
  reduce(name: string, resolution: number): Promise<DatasetProgress[]>
}

type HarnessOptions = Partial<Pick<ImportsOptions, 'folder' | 'isReadOnly' | 'usersOf'>>

export function importHarness({
  isReadOnly = false,
  folder = temporaryFolder(),
  usersOf,
}: HarnessOptions = {}): ImportHarness {
  const datasets = createDatasets({
    cacheFolder: temporaryFolder(),
    catalogue: [],
    imports: { folder, isReadOnly, startDecoders: inPlaceDecoders, ...(usersOf !== undefined && { usersOf }) },
  })
  return {
    datasets,
    folder,
    run: async (request) => {
      const steps: DatasetProgress[] = []
      const parsed = importRequestSchema.parse(request)
      for await (const step of datasets.import(parsed, new AbortController().signal)) steps.push(step)
      return steps
    },
    reduce: async (name, resolution) => {
      const steps: DatasetProgress[] = []
      for await (const step of datasets.get(name, undefined, resolution)) steps.push(step)
      return steps
    },
  }
}
