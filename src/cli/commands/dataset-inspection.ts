// What `dataset inspect` and `dataset import` print about a data set.
import type { ImportReport, Inspection, Recognised } from '@shared/contract/datasets'
import { bytes, count, table } from '../format'

/** Rows of a long list; the rest is counted. */
const SHOWN = 10
/** Classes listed one by one. */
const SHOWN_CLASSES = 20

export function inspectionText({ dataset, classCounts, source, report }: Inspection): string {
  const [height, width, channels] = dataset.shape
  const facts = [
    `${dataset.title}: ${count(dataset.trainImages)} training and ${count(dataset.testImages)} test images in ${dataset.classes.length} classes, ${height}x${width}x${channels}, ${bytes(dataset.sizeBytes)}.`,
    ...(dataset.resolutions ?? []).map(
      ({ resolution, bytes: size }) =>
        `Also kept at ${resolution}x${resolution}, for searches of that resolution: ${bytes(size)} of these.`,
    ),
    `Source: ${source}.`,
    `Mean ${decimals(dataset.mean)}, deviation ${decimals(dataset.deviation)} (training split scaled to 0..1).`,
  ]
  return [...facts, classTable(dataset.classes, classCounts), ...(report === null ? [] : reportText(report))].join('\n')
}

/** What an import would make of a place. */
export function recognisedText({ kind, classes, images, preview, notes, question }: Recognised): string {
  const unknown = (value: number | null): string => (value === null ? 'an unknown number of' : count(value))
  const facts = [`${kind}: ${unknown(classes)} classes, ${unknown(images)} images. Nothing was written.`]
  if (question !== null) {
    const folders = Object.entries(question).map(
      ([role, folder]) => `${role === 'validation' ? 'val' : role}=${folder}`,
    )
    facts.push(
      `Folders that look like splits could be classes. Say which: --splits ${folders.join(',')} or --splits none.`,
    )
  }
  return [...facts, ...(preview === null ? [] : [previewTable(preview)]), ...notes].join('\n')
}

function previewTable(preview: NonNullable<Recognised['preview']>): string {
  const rows = preview
    .slice(0, SHOWN_CLASSES)
    .map(({ name, train, test, open }) => [name, count(train), count(test), count(open)])
  const titles = ['Class', '>Train', '>Test', '>No split yet']
  return `${table(titles, rows)}${more(preview.length - rows.length, 'classes')}`
}

function decimals(values: readonly number[] | null): string {
  return (values ?? []).map((value) => value.toFixed(4)).join(', ')
}

function classTable(classes: readonly string[], counts: Inspection['classCounts']): string {
  const rows = classes
    .slice(0, SHOWN_CLASSES)
    .map((name, label) => [name, count(counts.train[label] ?? 0), count(counts.test[label] ?? 0)])
  return `${table(['Class', '>Train', '>Test'], rows)}${more(classes.length - rows.length, 'classes')}`
}

function reportText({ sizes, skipped, duplicates, notes }: ImportReport): string[] {
  const common = sizes.common.map((size) => `${size.height}x${size.width} (${count(size.count)})`).join(', ')
  const { exact, near, examples } = duplicates
  const lines = [
    `Sizes before fitting: ${sizes.distinct} distinct; height ${range(sizes.height)}, width ${range(sizes.width)}; most frequent ${common}.`,
    `Exact duplicates: ${exact.withinTrain} in train, ${exact.withinTest} in test, ${exact.across} test images also in train.`,
    `Near duplicates:  ${near.withinTrain} in train, ${near.withinTest} in test, ${near.across} test images near one in train.`,
    ...examples
      .slice(0, SHOWN)
      .map(
        ({ first, second, isExact, isAcross }) =>
          `  ${isExact ? '=' : '~'} ${first} | ${second}${isAcross ? ' (train | test)' : ''}`,
      ),
    `Left out: ${count(skipped.count)}.`,
    ...skipped.files.slice(0, SHOWN).map(({ file, reason }) => `  ${file}: ${reason}`),
    ...notes,
  ]
  const hidden = skipped.count - Math.min(SHOWN, skipped.files.length)
  return hidden > 0 ? [...lines, `(${hidden} more left out; --json names up to 200.)`] : lines
}

function range({ min, median, max }: { min: number; median: number; max: number }): string {
  return `${min}..${max}, median ${median}`
}

function more(hidden: number, what: string): string {
  return hidden > 0 ? `\n(${hidden} more ${what})` : ''
}
