// A data set as the contract shows it, whether it has been prepared or not.
import type { Dataset } from '@shared/contract/datasets'
import { preparedFiles, type PreparedState } from './manifest'
import type { KeptResolution } from './resolutions'
import type { DatasetSource } from './source'

export function describeCatalogueSet(
  source: DatasetSource,
  prepared: PreparedState,
  isPreparing: boolean,
  resolutions: readonly KeptResolution[],
): Dataset {
  return {
    ...preparedFacts(prepared, resolutions),
    name: source.name,
    title: source.title,
    state: isPreparing ? 'preparing' : prepared.state,
    classes: [...source.classes],
    shape: [...source.shape],
    trainImages: source.train.images,
    testImages: source.test.images,
    downloadBytes: source.package.bytes,
    licence: source.licence,
  }
}

/** A folder without a manifest was an import once: it is damaged, never absent. */
export function describeImport(
  name: string,
  prepared: PreparedState,
  isPreparing: boolean,
  resolutions: readonly KeptResolution[],
): Dataset {
  const manifest = prepared.state === 'ready' ? prepared.manifest : undefined
  const facts = preparedFacts(prepared, resolutions)
  return {
    ...facts,
    name,
    title: manifest?.title ?? name,
    state: isPreparing ? 'preparing' : manifest === undefined ? 'damaged' : 'ready',
    classes: manifest?.classes ?? [],
    shape: manifest?.shape ?? [0, 0, 0],
    trainImages: manifest?.splits.train.count ?? 0,
    testImages: manifest?.splits.test.count ?? 0,
    downloadBytes: 0,
    licence: 'your own',
    problem: prepared.state === 'absent' ? 'its manifest is missing' : facts.problem,
    isImported: true,
  }
}

function preparedFacts(
  prepared: PreparedState,
  resolutions: readonly KeptResolution[],
): Pick<Dataset, 'mean' | 'deviation' | 'sizeBytes' | 'resolutions' | 'problem'> {
  const manifest = prepared.state === 'ready' ? prepared.manifest : undefined
  const files = manifest === undefined ? [] : preparedFiles(manifest)
  return {
    mean: manifest?.mean ?? null,
    deviation: manifest?.deviation ?? null,
    sizeBytes: [...files, ...resolutions].reduce((sum, { bytes }) => sum + bytes, 0),
    ...(resolutions.length > 0 && { resolutions: [...resolutions] }),
    problem: prepared.state === 'damaged' ? prepared.problem : null,
  }
}
