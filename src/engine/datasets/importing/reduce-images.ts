// Smaller images of a data set that is ready, for a search of low fidelity: every image of both splits in its order, through the
// resize of an import of `dataset:NAME`, so that the pixels are those of `dataset import dataset:NAME --size N`. Duplicates were
// looked for when the data set was imported; they are not here.
import { refuseTooLittleSpace } from '@node/disk'
import type { Report } from '../download-package'
import { treeOf } from '../files/file-tree'
import type { StartDecoders } from '../images/decoders'
import { damagedFile } from '../importers/damaged'
import { prepared } from '../importers/prepared'
import { contentOf, type Manifest } from '../manifest'
import { statistics } from '../statistics'
import { bytesOf } from './prepared-size'
import { writeWholeFolder } from './whole-folder'
import { writeImages } from './write-images'

export interface ReduceOptions {
  /** Folder and manifest of the data set. */
  readonly source: string
  readonly manifest: Manifest
  /** `[height, width, channels]` of the smaller images. */
  readonly shape: readonly [number, number, number]
  /** Where they go; replaced when it is there. */
  readonly folder: string
  readonly startDecoders: StartDecoders
  readonly report: Report
  readonly signal: AbortSignal
  /** As in WholeFolderOptions. */
  readonly isThere: () => Promise<boolean>
}

/** @throws AppError `dataset-damaged` when an image of the data set cannot be used, `storage-failed`, `cancelled` */
export async function reduceImages(options: ReduceOptions): Promise<Manifest> {
  const { source, manifest, shape, folder, startDecoders, report, signal, isThere } = options
  const what = `make images of ${shape[0]} x ${shape[1]} pixels of "${manifest.name}"`
  return writeWholeFolder({ folder, what, signal, isThere }, async (temporary, needs) => {
    const plan = await prepared.open(treeOf(source, []), { signal, splits: null })
    needs.bytes = bytesOf(plan, shape)
    await refuseTooLittleSpace(what, temporary, needs.bytes)
    const assigned = { splits: plan.parts.map(({ split }) => split ?? 'train'), testFrom: 'given', notes: [] } as const
    // The importer's default, so what --size N does.
    const target = { shape, policy: 'crop' } as const
    const decoders = startDecoders()
    try {
      const { splits, histogram, skipped } = await writeImages({
        plan,
        assigned,
        target,
        folder: temporary,
        decoders,
        report,
        signal,
      })
      const [first] = skipped.files
      // A split is drawn by position: an image less would make it another one.
      if (first !== undefined) throw damagedFile(source, `${first.file} ${first.reason}`)
      const { format, name, title, classes, createdAt } = manifest
      return {
        format,
        name,
        ...(title !== undefined && { title }),
        classes,
        shape: [...shape],
        ...statistics(histogram),
        splits,
        source: manifest.source,
        createdAt,
        madeFrom: contentOf(manifest),
      }
    } finally {
      await decoders.close()
    }
  })
}
