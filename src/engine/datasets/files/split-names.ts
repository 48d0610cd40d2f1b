// Names of folders and table cells that say which split is meant: the usual ones for certain, others that only look like it.

export type SplitRole = 'train' | 'validation' | 'test'
export const SPLIT_ROLES = ['train', 'validation', 'test'] as const

const WORDS: Readonly<Record<SplitRole, string>> = {
  train: 'train|training',
  validation: 'val|valid|validation',
  test: 'test|testing',
}
/** What people put behind the word: "training_set", "test images", "valData". */
const ENDINGS = '(sets?|data|dataset|images?|imgs?|pics|pictures|split|samples)'
const USUAL = SPLIT_ROLES.map((role) => [role, new RegExp(`^(${WORDS[role]})${ENDINGS}*$`)] as const)

/** Abbreviations that are also other words. */
const LOOSE_WORDS: Readonly<Record<SplitRole, readonly string[]>> = {
  train: ['train', 'training', 'trn', 'trainset', 'traindata'],
  validation: ['val', 'valid', 'validation', 'dev', 'eval', 'evaluation', 'holdout', 'valset'],
  test: ['test', 'testing', 'tst', 'testset', 'testdata'],
}

/** The role that a usual name says: train, training, training_set, val, validation images, TestSet... */
export function roleOf(name: string): SplitRole | null {
  const plain = name
    .trim()
    .toLowerCase()
    .replace(/[ _.-]+/g, '')
  return USUAL.find(([, pattern]) => pattern.test(plain))?.[0] ?? null
}

/** The role that a name may say: also seg_train, train2017, "my test". A class could be called so as well. */
export function seemsSplit(name: string): SplitRole | null {
  const certain = roleOf(name)
  if (certain !== null) return certain
  const words = name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
  return SPLIT_ROLES.find((role) => words.some((word) => LOOSE_WORDS[role].includes(word))) ?? null
}
