// A folder with one folder for each class, PNG or JPEG below, in any depth; or train, val and test with such folders in each.
import { AppError } from '@shared/errors'
import { SPLIT_FOLDERS } from '../files/file-tree'
import type { Importer } from './importer'
import { classesOf, isImage, partsOf, splitsOf, strangersNote, type LabelledFile } from './labelled-files'

export const classFolders: Importer = {
  kind: 'class-folders',
  recognise: (files) => {
    const labelled = label(files)
    const classes = classesOf(labelled.files).length
    if (classes === 0) return null
    const hasTest = labelled.files.some(({ split }) => split === 'test')
    return { classes, images: labelled.files.length, hasTest, shape: null }
  },
  open: (tree) => {
    const { files, notes } = label(tree.files)
    const classes = classesOf(files)
    if (classes.length === 0) {
      throw new AppError(
        'invalid-input',
        `${tree.root} should hold one folder of images for each class, it holds none.`,
        'Choose the folder above the classes.',
      )
    }
    return Promise.resolve({
      classes,
      shape: null,
      parts: partsOf(tree, files, classes),
      notes: [...notes, ...strangersNote(tree.files)],
    })
  },
}

function label(all: readonly string[]): { files: LabelledFile[]; notes: string[] } {
  const images = all.filter(isImage)
  const tops = [...new Set(images.filter((file) => file.includes('/')).map((file) => file.split('/')[0]!))]
  const isSplit = tops.length > 0 && tops.every((name) => SPLIT_FOLDERS.test(name))
  const splits = splitsOf(isSplit ? tops : [])
  const files = images.map((file): LabelledFile => {
    const parts = file.split('/')
    const depth = isSplit ? 1 : 0
    const split = isSplit && parts.length > 1 ? splits.of(parts[0]!) : null
    if (parts.length > depth + 1) return { file, split, className: parts[depth]! }
    return { file, split, className: null, reason: 'lies in no class folder' }
  })
  return { files, notes: splits.notes }
}
