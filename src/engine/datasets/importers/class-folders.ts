// A folder with one folder for each class, images below in any depth; or splits with such folders in each (folder-layout.ts says which).
import type { SplitFolders } from '@shared/contract/datasets'
import { AppError } from '@shared/errors'
import type { FileTree } from '../files/file-tree'
import type { SplitName } from '../manifest'
import { layoutOf, SplitQuestion, type FolderLayout } from './folder-layout'
import { isImage, isUnreadKind, strangersNote } from './image-names'
import type { Importer } from './importer'
import { classesOf, composed, partsOf, splitsOf, type LabelledFile } from './labelled-files'

export const classFolders: Importer = {
  kind: 'class-folders',
  recognise: (files) => {
    const images = files.filter(isImage)
    if (!images.some((file) => file.includes('/'))) return null
    try {
      const labelled = label(layoutOf('', images, null), images)
      const classes = classesOf(labelled.files).length
      if (classes === 0) return null
      const hasTest = labelled.files.some(({ split }) => split === 'test')
      return { classes, images: labelled.files.length, hasTest, shape: null }
    } catch (thrown) {
      if (!(thrown instanceof SplitQuestion)) throw thrown
      return { classes: null, images: images.length, hasTest: thrown.looks.test !== undefined, shape: null }
    }
  },
  open: (tree, { splits }) => Promise.resolve(plan(tree, splits)),
}

function plan(tree: FileTree, wanted: SplitFolders | null) {
  const images = tree.files.filter(isImage)
  const layout = layoutOf(tree.root, images, wanted)
  const { files, notes } = label(layout, images)
  const empty = emptyClasses(tree, layout)
  const classes = classesOf(files, [...empty.keys()])
  if (classes.length === 0) {
    throw new AppError(
      'invalid-input',
      `${tree.root} should hold one folder of images for each class, it holds none.`,
      'Choose the folder above the classes.',
    )
  }
  return {
    classes,
    shape: null,
    parts: partsOf(tree, files, classes),
    notes: [...notes, ...strangersNote(tree.files)],
    emptyClasses: empty,
  }
}

/** The folder of `file` at the depth of classes, and where that is. */
function placeIn(layout: FolderLayout, file: string) {
  const split = layout.splits.find(({ folder }) => file.startsWith(`${folder}/`))
  const base = split?.folder ?? layout.base
  const inner = base === '' ? file : file.slice(base.length + 1)
  const cut = inner.indexOf('/')
  return {
    split,
    className: cut < 0 ? null : composed(inner.slice(0, cut)),
    isInside: split !== undefined || layout.splits.length === 0,
  }
}

function label(layout: FolderLayout, images: readonly string[]): { files: LabelledFile[]; notes: string[] } {
  const splits = splitsOf(layout.splits.map(({ role }) => role))
  const strays = new Map<string, number>()
  const files = images.map((file): LabelledFile => {
    const { split, className, isInside } = placeIn(layout, file)
    if (!isInside) {
      const top = file.split('/')[0]!
      strays.set(top, (strays.get(top) ?? 0) + 1)
      return { file, split: null, className: null, reason: 'lies beside the folders of the splits' }
    }
    const into = split === undefined ? null : splits.of(split.role)
    return { file, split: into, className, ...(className === null && { reason: 'lies in no class folder' }) }
  })
  const strayNotes = [...strays].map(
    ([top, count]) => `${top} lies beside the splits: ${count} images of it were left out.`,
  )
  return { files, notes: [...foldersNote(layout, splits.of), ...splits.notes, ...strayNotes] }
}

/** Which folder became which split, where that is not plain from the name. */
function foldersNote({ splits }: FolderLayout, splitOf: (role: 'train' | 'validation' | 'test') => SplitName | null) {
  return splits.length === 0
    ? []
    : [
        `Splits: ${splits.map(({ role, folder }) => `${folder} is ${splitOf(role) === 'test' ? 'test' : 'training'}`).join(', ')}.`,
      ]
}

/** Class folders without an image, each with why; a folder of other files, as documentation is, is no class. */
function emptyClasses(tree: FileTree, layout: FolderLayout): Map<string, string> {
  const classOf = (file: string): string | null => {
    const { className, isInside } = placeIn(layout, file)
    return isInside ? className : null
  }
  const full = new Set(tree.files.filter(isImage).map(classOf))
  const reasons = new Map<string, string>()
  for (const file of tree.files) {
    const className = classOf(file)
    if (className !== null && !full.has(className) && isUnreadKind(file))
      reasons.set(className, `it holds no image of a kind that is read, for example ${file}`)
  }
  for (const folder of tree.emptyFolders) {
    // The folder itself is the class where only something inside it would be of one.
    const className = classOf(`${folder}/.`)
    if (className !== null && classOf(folder) === null && !full.has(className))
      reasons.set(className, 'its folder is empty or cannot be read')
  }
  return reasons
}
