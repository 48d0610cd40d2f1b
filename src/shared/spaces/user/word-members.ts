// The members of a space of mere words without a table: every combination of its choices. What one of them is worth only a program of
// the user's knows (shared/evaluators/command), and it may well answer that one is no architecture.
import type { Choices, Members } from './members'
import type { UserSpaceFile } from './space-file'

export function createWordMembers({ positions }: UserSpaceFile): Members {
  const counts = positions.map(({ choices }) => choices.length)
  function* from(prefix: Choices): Generator<Choices> {
    if (prefix.length === counts.length) yield prefix
    else for (let choice = 0; choice < counts[prefix.length]!; choice++) yield* from([...prefix, choice])
  }
  const count = counts.reduce((product, choices) => product * choices, 1)
  return {
    size: () => ({ count, exact: Number.isSafeInteger(count) }),
    problems: () => [],
    canFinish: () => true,
    random: (random) => counts.map((choices) => random.integer(choices)),
    all: () => from([]),
    // A single change always leads to another member.
    nearest: () => [],
  }
}
