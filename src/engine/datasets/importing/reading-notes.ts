// What reading the images of an import had to say about them, counted: remarks of the decoders, and what each class lost.
import { REMARKS, type Remark } from '../images/remarks'
import { NO_CLASS, type ImportPlan } from '../importers/importer'

/** Classes named one by one. */
const NAMED_CLASSES = 20

export class RemarkCounts {
  private readonly counts = new Map<Remark, { count: number; readonly example: string }>()

  add(remark: Remark, file: string): void {
    const known = this.counts.get(remark)
    if (known === undefined) this.counts.set(remark, { count: 1, example: file })
    else known.count++
  }

  notes(): string[] {
    return [...this.counts].map(
      ([remark, { count, example }]) => `${count} images ${REMARKS[remark]}, for example ${example}.`,
    )
  }
}

/** Images that have a class and could not be read. */
export class LostImages {
  private readonly lost = new Map<number, { count: number; readonly example: string }>()

  constructor(private readonly plan: Pick<ImportPlan, 'classes' | 'parts'>) {}

  add(label: number, file: string, reason: string): void {
    if (label === NO_CLASS) return
    const known = this.lost.get(label)
    if (known === undefined) this.lost.set(label, { count: 1, example: `${file} ${reason}` })
    else known.count++
  }

  /** By class, the one that lost most first. */
  notes(): string[] {
    const { classes, parts } = this.plan
    const totals = new Uint32Array(classes.length)
    for (const { labels } of parts) for (const label of labels) if (label !== NO_CLASS) totals[label]!++
    const sorted = [...this.lost].sort(([a, first], [b, second]) => second.count - first.count || a - b)
    const named = sorted
      .slice(0, NAMED_CLASSES)
      .map(
        ([label, { count, example }]) =>
          `${classes[label]}: ${count} of ${totals[label]} images were left out, for example ${example}.`,
      )
    const hidden = sorted.length - named.length
    return hidden > 0 ? [...named, `${hidden} more classes lost images.`] : named
  }
}
