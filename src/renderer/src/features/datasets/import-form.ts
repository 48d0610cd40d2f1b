// What the import dialog asks, and the request it makes of it. The contract's own schema says what is wrong.
import {
  importRequestSchema,
  type FitPolicy,
  type ImportRequest,
  type Recognised,
  type SplitFolders,
} from '@shared/contract/datasets'

export interface ImportForm {
  path: string
  name: string
  /** Side in pixels; null keeps the size. */
  size: number | null
  policy: FitPolicy
  /** "keep" leaves it to the files. */
  channels: 'keep' | '1' | '3'
  /** In percent. */
  testShare: number | null
  /** What the folders are, where that had to be asked. */
  splits: SplitFolders | null
}

/** A size that small networks train on within minutes; the user sees it and changes it. */
const SUGGESTED_SIZE = 32

export function emptyForm(): ImportForm {
  return { path: '', name: '', size: null, policy: 'crop', channels: 'keep', testShare: 16.7, splits: null }
}

/** Fills in what recognising told; what the user typed stays. */
export function withRecognised(form: ImportForm, { suggestedName, shape }: Recognised): ImportForm {
  return {
    ...form,
    name: form.name === '' ? suggestedName : form.name,
    size: form.size ?? (shape === null ? SUGGESTED_SIZE : null),
  }
}

/** The request, or the problem of each field. */
export function requestOf(form: ImportForm): {
  readonly request: ImportRequest | null
  readonly problems: Readonly<Record<string, string>>
} {
  const parsed = importRequestSchema.safeParse({
    path: form.path.trim(),
    name: form.name.trim(),
    size: form.size === null ? null : [form.size, form.size],
    policy: form.policy,
    splits: form.splits,
    channels: form.channels === 'keep' ? null : Number(form.channels),
    testShare: form.testShare === null ? undefined : form.testShare / 100,
  })
  if (parsed.success) return { request: parsed.data, problems: {} }
  const problems = parsed.error.issues.map(({ path, message }) => [String(path[0]), message] as const)
  return { request: null, problems: Object.fromEntries(problems) }
}
