// Which folders of a tree of images are splits and which are classes. Usual names are believed where the folders below look like
// classes; what only looks like a split ends in a question, because a test image in training spoils every figure that follows.
import type { SplitFolders } from '@shared/contract/datasets'
import { AppError } from '@shared/errors'
import { quoted, shownNames } from '@shared/quoted'
import { roleOf, seemsSplit, SPLIT_ROLES, type SplitRole } from '../files/split-names'

export interface SplitFolder {
  readonly role: SplitRole
  /** Below the root; classes are the folders in it. */
  readonly folder: string
}

export interface FolderLayout {
  /** Empty where the folders of `base` are classes. */
  readonly splits: readonly SplitFolder[]
  /** Wraps everything; "" for the root. */
  readonly base: string
}

/** Thrown where only the user knows: carries what the folders look like. */
export class SplitQuestion extends AppError {
  /** The folder of each role, as it would be; the first one where several have it. */
  readonly looks: { readonly [role in SplitRole]?: string }

  constructor(root: string, folders: readonly SplitFolder[]) {
    const looks = Object.fromEntries([...folders].reverse().map(({ role, folder }) => [role, folder]))
    const pairs = SPLIT_ROLES.flatMap((role) => (looks[role] === undefined ? [] : [`${role}=${looks[role]}`]))
    super(
      'invalid-input',
      `Which folders of ${root} are splits is not certain: ${shownNames(folders.map(({ folder }) => folder))} could be splits or classes.`,
      'Say whether they are splits or classes.',
      { commandLine: `--splits ${pairs.join(',')} takes them for splits, --splits none for classes.` },
    )
    this.looks = looks
  }
}

interface Top {
  readonly name: string
  /** Below `base`. */
  readonly images: readonly string[]
}

/**
 * @param images paths below the root @param wanted what the user said, null for nothing
 * @throws SplitQuestion; AppError `invalid-input` when a named folder holds no images
 */
export function layoutOf(root: string, images: readonly string[], wanted: SplitFolders | null): FolderLayout {
  const base = baseOf(images)
  if (wanted === 'none') return { splits: [], base }
  if (wanted !== null) return { splits: namedSplits(root, images, wanted), base: '' }
  const tops = topsOf(images, base)
  const certain = tops.filter((top) => roleOf(top.name) !== null && hasClasses(top))
  const loose = tops.filter((top) => seemsSplit(top.name) !== null && hasClasses(top))
  const roles = certain.map(({ name }) => roleOf(name))
  // A "test" without class folders is a split without labels, as competitions hand it out.
  const others = tops.filter((top) => !certain.includes(top) && roleOf(top.name) === null)
  const isClear =
    certain.length > 0 &&
    new Set(roles).size === roles.length &&
    // Without a second split, a folder called "train" beside others may be the class of trains.
    (others.length === 0 || (roles.includes('train') && certain.length > 1)) &&
    loose.length === certain.length
  if (isClear) return { splits: unwrapped(certain, base, roleOf), base: '' }
  const seen = loose.map(({ name }) => seemsSplit(name))
  const isDoubtful =
    certain.length > 0 || (loose.length > 0 && (loose.length === tops.length || new Set(seen).size > 1))
  if (isDoubtful) throw new SplitQuestion(root, unwrapped(loose, base, seemsSplit))
  return { splits: [], base }
}

/** Folders that wrap every image and the classes below them; a folder that could be a split stays. */
function baseOf(images: readonly string[]): string {
  const parts: string[] = []
  for (;;) {
    const depth = parts.length
    const heads = new Set(images.map((file) => file.split('/')[depth]))
    const [head] = heads
    const isWrapper = heads.size === 1 && images.every((file) => file.split('/').length > depth + 2)
    if (!isWrapper || head === undefined || seemsSplit(head) !== null) return parts.join('/')
    parts.push(head)
  }
}

function topsOf(images: readonly string[], base: string): Top[] {
  const tops = new Map<string, string[]>()
  const start = base === '' ? 0 : base.length + 1
  for (const file of images) {
    const inner = file.slice(start)
    const cut = inner.indexOf('/')
    if (cut < 0) continue
    const name = inner.slice(0, cut)
    const known = tops.get(name)
    if (known === undefined) tops.set(name, [inner])
    else known.push(inner)
  }
  return [...tops].map(([name, below]) => ({ name, images: below }))
}

/** Whether most of its images lie in folders of their own: a class holds its images itself. */
function hasClasses({ images }: Top): boolean {
  const deeper = images.filter((file) => file.split('/').length > 2).length
  return deeper > 0 && deeper * 2 >= images.length
}

/**
 * Where the classes of each split begin: "training_set/training_set" has the split's name twice, and a folder that wraps all classes
 * of every split is passed through as well.
 */
function unwrapped(tops: readonly Top[], base: string, roleIn: (name: string) => SplitRole | null): SplitFolder[] {
  const folders = tops.map((top) => ({ role: roleIn(top.name)!, path: [top.name], images: top.images }))
  for (const folder of folders) {
    for (
      let inner = onlyFolder(folder);
      inner !== null && seemsSplit(inner) === folder.role;
      inner = onlyFolder(folder)
    )
      folder.path.push(inner)
  }
  for (;;) {
    const wrappers = folders.map(onlyFolder)
    if (wrappers.some((inner) => inner === null)) break
    folders.forEach((folder, i) => folder.path.push(wrappers[i]!))
  }
  const prefix = base === '' ? '' : `${base}/`
  return folders
    .map(({ role, path }) => ({ role, folder: `${prefix}${path.join('/')}` }))
    .sort((a, b) => SPLIT_ROLES.indexOf(a.role) - SPLIT_ROLES.indexOf(b.role))
}

/** The folder that holds all images of `path`, each in a folder of its own; null where there is no such one. */
function onlyFolder({ path, images }: { readonly path: readonly string[]; readonly images: readonly string[] }) {
  const depth = path.length
  const heads = new Set(images.map((file) => file.split('/')[depth]))
  const [head] = heads
  const isWrapper = heads.size === 1 && images.every((file) => file.split('/').length > depth + 2)
  return isWrapper && head !== undefined ? head : null
}

function namedSplits(root: string, images: readonly string[], wanted: Exclude<SplitFolders, 'none'>): SplitFolder[] {
  return SPLIT_ROLES.flatMap((role) => {
    const named = wanted[role]
    if (named === undefined) return []
    const folder = named.replace(/\\/g, '/').replace(/^\.?\/+|\/+$/g, '')
    if (images.some((file) => file.startsWith(`${folder}/`))) return [{ role, folder }]
    const heads = [...new Set(images.map((file) => file.split('/')[0]!))]
    throw new AppError(
      'invalid-input',
      `The ${role} images are said to be in ${quoted(named)}, and no image lies below ${root}/${folder}.`,
      `Folders there: ${shownNames(heads)}.`,
    )
  })
}
