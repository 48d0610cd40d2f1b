// User-defined spaces in preset `workbench`: the choice at every position. A choice that is a built-in block has that block's
// token, so that what is known of it carries over; a word is the number of its place in the position. Lossless for any space.
import { AppError } from '../../errors'
import type { UserGenotype, UserSpace } from '../../spaces/user/space'
import { CHOICE_BASE, blockToken, choiceToken } from './generate-vocabulary'
import type { Grammar } from './grammar'
import { END, describeWorkbenchToken, findToken, tokenId } from './vocabulary'

const CHOICES: readonly number[] = Array.from({ length: CHOICE_BASE }, (_, digit) => tokenId(choiceToken(digit)))

export interface UserCodec {
  /** No `<start>`, `<end>` or space around the tokens. */
  encode(genotype: UserGenotype): number[]
  /** Inverse of `encode`. @throws AppError `invalid-input` naming the token that does not belong there. */
  decode(tokens: readonly number[]): UserGenotype
  readonly grammar: Grammar
}

/** Words of more than one digit: as many digits as the largest index of the position needs. */
function digitsOf(choice: number, count: number): number[] {
  const tokens: number[] = []
  for (let left = count - 1, rest = choice; tokens.length === 0 || left > 0; left = Math.floor(left / CHOICE_BASE)) {
    tokens.unshift(CHOICES[rest % CHOICE_BASE]!)
    rest = Math.floor(rest / CHOICE_BASE)
  }
  return tokens
}

export function createUserCodec(space: UserSpace): UserCodec {
  const { positions } = space.file
  /** Tokens by position and choice, and the way back. */
  const words = positions.map(({ choices }) =>
    choices.map((choice, index) => {
      const block = findToken(blockToken(choice))
      return block === undefined ? digitsOf(index, choices.length) : [block]
    }),
  )
  const indices = words.map((choices) => new Map(choices.map((tokens, index) => [tokens.join(), index])))

  /** The choices that are complete, and the tokens of the one that is not. */
  const read = (tokens: readonly number[]): { choices: number[]; open: number[] } => {
    const choices: number[] = []
    let open: number[] = []
    for (const [i, token] of tokens.entries()) {
      const here = indices[choices.length]
      open.push(token)
      const choice = here?.get(open.join())
      if (choice !== undefined) {
        choices.push(choice)
        open = []
      } else if (
        here === undefined ||
        !words[choices.length]!.some((word) => open.every((part, j) => word[j] === part))
      )
        throw new AppError(
          'invalid-input',
          `"${describeWorkbenchToken(token)}" does not belong at token ${i}: expected ${
            here === undefined ? 'the end' : `a choice of position ${positions[choices.length]!.name}`
          }.`,
        )
    }
    return { choices, open }
  }

  return {
    encode: (genotype) => space.choicesOf(genotype).flatMap((choice, position) => words[position]![choice]!),
    decode: (tokens) => {
      const { choices, open } = read(tokens)
      if (choices.length < positions.length || open.length > 0)
        throw new AppError('invalid-input', `The tokens end before position ${positions[choices.length]!.name}.`)
      return space.genotypeOf(choices)
    },
    grammar: {
      allowedNext: (body) => {
        const { choices, open } = read(body)
        if (choices.length === positions.length) return [END]
        const next = new Set<number>()
        words[choices.length]!.forEach((word, choice) => {
          if (open.every((part, j) => word[j] === part) && space.canFinish([...choices, choice]))
            next.add(word[open.length]!)
        })
        return [...next]
      },
    },
  }
}
