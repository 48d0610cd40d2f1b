// What all importers of image files share: files with a class name each become parts, one for every split; names of splits
// are understood the same way everywhere.
import type { FileTree } from '../files/file-tree'
import { roleOf } from '../files/split-names'
import type { SplitName } from '../manifest'
import { NO_CLASS, type ImportItem, type ImportPart } from './importer'

/** An image of the tree with its class, or the reason why it has none. */
export interface LabelledFile {
  readonly file: string
  readonly split: SplitName | null
  readonly className: string | null
  readonly reason?: string
}

/** A class by its name however the letters are composed: macOS writes an accent as a character of its own, Linux seldom does. */
export const composed = (name: string): string => name.normalize('NFC')

/** Classes in the order of their names; numbers by value. @param others classes without a file */
export function classesOf(files: readonly LabelledFile[], others: readonly string[] = []): string[] {
  const own = files.flatMap(({ className }) => (className === null ? [] : [className]))
  const names = [...new Set([...own, ...others].map(composed))]
  const isNumeric = names.every((name) => /^\d{1,9}$/.test(name))
  return isNumeric ? names.sort((a, b) => Number(a) - Number(b)) : names.sort()
}

export function partsOf(tree: FileTree, files: readonly LabelledFile[], classes: readonly string[]): ImportPart[] {
  const index = new Map(classes.map((name, position) => [name, position]))
  return ([null, 'train', 'test'] as const).flatMap((split) => {
    const members = files.filter((file) => file.split === split)
    if (members.length === 0) return []
    const labels = Uint16Array.from(members, ({ className }) => index.get(composed(className ?? '')) ?? NO_CLASS)
    return [{ split, labels, items: () => itemsOf(tree, members) }]
  })
}

async function* itemsOf(tree: FileTree, files: readonly LabelledFile[]): AsyncGenerator<ImportItem> {
  for (const { file, className, reason } of files) {
    if (className === null) yield { name: file, reason: reason ?? 'has no class' }
    else yield { name: file, source: { file: tree.place(file) } }
  }
}

/**
 * Which of our two splits each named one becomes. Validation images become the test split where there is no other, else they
 * join training, because every search draws its own validation images.
 */
export function splitsOf(names: readonly string[]): { of: (name: string) => SplitName | null; notes: string[] } {
  const roles = new Set(names.map(roleOf))
  const isTested = roles.has('test')
  const notes = roles.has('validation')
    ? [
        isTested
          ? 'Validation images joined the training split: every search draws its own validation images.'
          : 'Validation images became the test split, since there is no other.',
      ]
    : []
  return {
    notes,
    of: (name) => {
      const role = roleOf(name)
      if (role !== 'validation') return role
      return isTested ? 'train' : 'test'
    },
  }
}
