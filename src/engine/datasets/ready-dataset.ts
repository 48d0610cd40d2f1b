// A data set as its reader sees it: the files of each split, and a name for their content.
import path from 'node:path'
import type { SplitFiles } from '@shared/contract/compute'
import { readWhole } from '@node/read-file'
import { labelBytes, type Manifest, type SplitName } from './manifest'

export interface ReadyDataset {
  readonly manifest: Manifest
  /** Names the content: equal for equal images and labels of the train split. */
  readonly fingerprint: string
  files(split: SplitName): SplitFiles
  /** Classes of the train split, in image order. */
  trainLabels(): Promise<Uint8Array | Uint16Array>
  /** Looks whether the files are still what the fingerprint names; reads those that changed. @throws AppError `dataset-damaged` */
  refuseChanged(): Promise<void>
}

/** @param folder holds the files that `manifest` names */
export function readyDataset(
  folder: string,
  manifest: Manifest,
  refuseChanged: ReadyDataset['refuseChanged'],
): ReadyDataset {
  const { train } = manifest.splits
  return {
    manifest,
    fingerprint: `${train.images.sha256}${train.labels.sha256}`,
    files: (split) => splitFiles(folder, manifest, split),
    trainLabels: () => readLabels(path.join(folder, train.labels.path), train.labels.bytes, manifest.classes.length),
    refuseChanged,
  }
}

async function readLabels(file: string, maxBytes: number, classes: number): Promise<Uint8Array | Uint16Array> {
  const bytes = await readWhole(file, { what: 'file of labels', maxBytes })
  if (labelBytes(classes) === 1) return bytes
  return Uint16Array.from({ length: bytes.length / 2 }, (_, index) => bytes.readUInt16LE(index * 2))
}

function splitFiles(folder: string, manifest: Manifest, name: SplitName): SplitFiles {
  const split = manifest.splits[name]
  return {
    images: path.join(folder, split.images.path),
    labels: path.join(folder, split.labels.path),
    count: split.count,
    shape: manifest.shape,
    classes: manifest.classes.length,
    mean: manifest.mean,
    deviation: manifest.deviation,
  }
}
