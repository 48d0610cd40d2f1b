// Which calls may be asked again when an engine died before answering: those that read, and those that end in the same
// state however often they run. `searches.create` and `exports.create` are not: a second run or export would appear.

const REPEATABLE = new Set([
  'datasets.list',
  'datasets.check',
  'datasets.preview',
  'designs.list',
  'designs.load',
  'designs.saveDraft',
  'designs.loadDraft',
  'designs.discardDraft',
  'exports.list',
  'imports.list',
  'imports.load',
  'proposer.checkpoints',
  'proposer.info',
  'proposer.suggest',
  'proposer.use',
  'runtime.backups',
  'runtime.doctor',
  'runtime.status',
  'runtime.workspace',
  'searches.list',
  'searches.get',
  'searches.check',
  'searches.rename',
  'searches.generations',
  'trials.list',
  'trials.get',
  'trials.epochs',
])

/** True for a contract path such as `['searches', 'list']` that is harmless to repeat. Streams reopen by themselves. */
export function isRepeatable(path: readonly string[]): boolean {
  return REPEATABLE.has(path.join('.'))
}

export const repeatablePaths: ReadonlySet<string> = REPEATABLE
