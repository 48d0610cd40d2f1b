// Names that Python takes for what has ours.

/** Words that no name may be, beside those that a dialect adds. */
const PYTHON = (
  'False None True and as assert async await break class continue def del elif else except finally for from global if import in is ' +
  'lambda nonlocal not or pass raise return try while with yield math x'
).split(' ')

/** Python's names for ours, unique among those given so far. */
export class Names {
  private readonly given = new Map<string, string>()
  private readonly used: Set<string>

  /** @param taken words that mean something where the names stand */
  constructor(taken: readonly string[]) {
    this.used = new Set([...PYTHON, ...taken])
  }

  /** Keeps a word for what is not one of ours. @returns false where it is in use already */
  reserve(word: string): boolean {
    if (this.used.has(word)) return false
    this.used.add(word)
    return true
  }

  of(ours: string): string {
    const known = this.given.get(ours)
    if (known !== undefined) return known
    const plain = ours
      .replace(/[^A-Za-z0-9_]+/g, '_')
      .replace(/_+/g, '_')
      .replace(/^_(?=.)|(?<=.)_$/g, '')
    const base = /^[A-Za-z]/.test(plain) ? plain : `layer_${plain}`
    let name = base
    for (let i = 2; this.used.has(name); i++) name = `${base}_${i}`
    this.used.add(name)
    this.given.set(ours, name)
    return name
  }
}

const wordsOf = (text: string): string[] => text.split(/[^A-Za-z0-9]+/).filter((word) => word !== '')

/** "resnet-basic" is ResnetBasic. */
export const classNameOf = (block: string): string =>
  wordsOf(block)
    .map((word) => word[0]!.toUpperCase() + word.slice(1))
    .join('')
    .replace(/^(?![A-Z])/, 'Block')

/** "resnet-basic" is resnet_basic. */
export const functionNameOf = (block: string): string =>
  wordsOf(block.toLowerCase())
    .join('_')
    .replace(/^(?![a-z])/, 'block_')
    .replace(/_$/, '')
