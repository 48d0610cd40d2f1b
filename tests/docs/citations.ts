// Pages that comments cite: `docs/rules.md#truth`, `docs/decisions/033`, `README.md`. What is not one of these forms is a
// page that a reader cannot find.

export interface Citation {
  readonly line: number
  /** As written, without the fragment. */
  readonly page: string
  readonly fragment?: string
}

/** A page named without a path: a word for the page, a colon, its heading, in brackets. */
const NAMELESS = /\((?:design|docs)(?: page)?: [^)]*\)/i
const PAGE = /(?<![\w/.-])((?:[\w.-]+\/)*[\w.-]+\.md|docs\/[\w./-]*\w)(?:#([\w-]+))?/g

/** What stands in comments of a line of TypeScript, Vue, CSS, YAML, shell or Python; roughly, strings with // included. */
function commentOf(text: string): string {
  return /(?:\/\/|\/\*|^\s*\*|<!--|(?:^|\s)#)(.*)$/.exec(text)?.[1] ?? ''
}

export function citationsIn(source: string): Citation[] {
  return source.split('\n').flatMap((text, i) => {
    const comment = commentOf(text)
    const named = [...comment.matchAll(PAGE)].map(([, page = '', fragment]) => ({
      line: i + 1,
      page,
      ...(fragment === undefined ? {} : { fragment }),
    }))
    const nameless = NAMELESS.exec(comment)?.[0]
    return nameless === undefined || named.length > 0 ? named : [{ line: i + 1, page: nameless }]
  })
}
