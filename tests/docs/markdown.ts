// What the tests of the documents read of a page: its headings as the fragments of a link, and its links.
import { readFileSync } from 'node:fs'

/** A heading as GitHub makes a link's fragment of it: lower case, words joined by hyphens, no punctuation. */
export function fragmentOf(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-')
}

/** The lines of a page outside its code fences, with their numbers from 1. */
export function prose(file: string): { line: number; text: string }[] {
  let isCode = false
  return readFileSync(file, 'utf8')
    .split('\n')
    .map((text, i) => ({ line: i + 1, text }))
    .filter(({ text }) => {
      const isFence = text.startsWith('```')
      if (isFence) isCode = !isCode
      return !isCode && !isFence
    })
}

/** The fragments that links into a page may have. */
export function fragments(file: string): Set<string> {
  return new Set(
    prose(file).flatMap(({ text }) => {
      const heading = /^#{1,6}\s+(.*)$/.exec(text)?.[1]
      return heading === undefined ? [] : [fragmentOf(heading)]
    }),
  )
}

/** Targets of the links of a page, as a file with a fragment, a fragment alone or an address. */
export function links(file: string): { line: number; target: string }[] {
  return prose(file).flatMap(({ line, text }) =>
    [...text.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => ({ line, target: match[1] ?? '' })),
  )
}
