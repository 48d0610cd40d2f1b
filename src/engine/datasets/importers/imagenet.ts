// ImageNet's layout: train/<wnid>/ and val/<wnid>/, images in any depth; val/ may also be one folder with val_annotations.txt,
// as in Tiny ImageNet. Its test images have no labels, so val becomes the test split. Not seen on ImageNet itself.
import { readTextFile } from '@node/text-file'
import type { FileTree } from '../files/file-tree'
import type { Importer } from './importer'
import { isImage } from './image-names'
import { classesOf, partsOf, type LabelledFile } from './labelled-files'

const WNID = /^n\d{8}$/
/** "n01440764 tench, Tinca tinca" in one of these. */
const NAME_FILES = ['words.txt', 'LOC_synset_mapping.txt', 'synset_words.txt']
const EMPTY = 'its folder is empty or cannot be read'
const ANNOTATIONS = 'val/val_annotations.txt'

export const imageNet: Importer = {
  kind: 'imagenet',
  recognise: (files) => {
    const train = files.filter((file) => isImage(file) && wnidOf(file, 'train') !== null)
    if (train.length === 0) return null
    const classes = new Set(train.map((file) => wnidOf(file, 'train'))).size
    const validation = files.filter((file) => isImage(file) && file.startsWith('val/'))
    return { classes, images: train.length + validation.length, hasTest: validation.length > 0, shape: null }
  },
  open: async (tree) => {
    const annotated = await readAnnotations(tree)
    const files = tree.files.filter(isImage).flatMap((file): LabelledFile[] => {
      const [top] = file.split('/')
      if (top === 'train')
        return [{ file, split: 'train', className: wnidOf(file, 'train'), reason: 'lies in no class folder' }]
      if (top !== 'val') return []
      const className = wnidOf(file, 'val') ?? annotated.get(file.split('/').at(-1)!) ?? null
      return [
        { file, split: 'test', className, reason: 'has no label: it lies in no class folder and is in no annotation' },
      ]
    })
    const isValidated = files.some(({ split, className }) => split === 'test' && className !== null)
    // Without labels it is no test split; its images stay listed as left out.
    const labelled = isValidated
      ? files
      : files.map((file) => ({ ...file, split: file.split === 'test' ? file.split : null }))
    const empty = new Set(tree.emptyFolders.flatMap((folder) => wnidOf(folder, 'train') ?? []))
    const wnids = classesOf(labelled, [...empty])
    const names = await namesOf(tree, wnids)
    return {
      classes: names,
      emptyClasses: new Map(wnids.flatMap((wnid, i) => (empty.has(wnid) ? [[names[i]!, EMPTY]] : []))),
      shape: null,
      parts: partsOf(tree, labelled, wnids),
      notes: [
        ...(isValidated ? ['The validation images became the test split, as is usual for ImageNet.'] : []),
        ...(tree.files.some((file) => file.startsWith('test/'))
          ? ['Images below test/ have no labels and were left out.']
          : []),
      ],
    }
  },
}

function wnidOf(file: string, top: string): string | null {
  const [first, second] = file.split('/')
  return first === top && second !== undefined && WNID.test(second) ? second : null
}

async function readList(tree: FileTree, file: string): Promise<string> {
  return (await readTextFile(tree.place(file), { what: 'list of names' })).text
}

async function readAnnotations(tree: FileTree): Promise<Map<string, string>> {
  if (!tree.files.includes(ANNOTATIONS)) return new Map()
  const lines = (await readList(tree, ANNOTATIONS)).split('\n')
  return new Map(
    lines.flatMap((line): [string, string][] => {
      const [file, wnid] = line.split('\t')
      return file !== undefined && wnid !== undefined && WNID.test(wnid) ? [[file, wnid]] : []
    }),
  )
}

/** First synonym of each wnid where the names are there and tell the classes apart. */
async function namesOf(tree: FileTree, wnids: readonly string[]): Promise<readonly string[]> {
  const list = NAME_FILES.find((name) => tree.files.includes(name))
  if (list === undefined) return wnids
  const words = new Map(
    (await readList(tree, list)).split('\n').flatMap((line): [string, string][] => {
      const match = /^(n\d{8})[\t ]+([^,\r]+)/.exec(line)
      return match === null ? [] : [[match[1]!, match[2]!.trim()]]
    }),
  )
  const names = wnids.map((wnid) => words.get(wnid) ?? wnid)
  return names.map((name, index) =>
    names.indexOf(name) === index && names.lastIndexOf(name) === index ? name : `${name} (${wnids[index]})`,
  )
}
