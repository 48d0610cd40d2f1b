// Seeded random user-defined spaces for property tests: words with a dense or sparse table, or blocks with limits of cost.
import { PAPER_BLOCKS } from '../../../architecture/blocks'
import { createRandom, type Random } from '../../../random'
import { createKeyCodec } from '../key'
import { parseSpaceFile, type UserSpaceFile } from '../space-file'
import { createUserSpace, type UserSpace } from '../space'
import { readSpaceTable } from '../table'

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

/** As CSV, with about `share` of the architectures of a space small enough to list. */
export function randomTable(file: UserSpaceFile, share: number, random: Random): string {
  const keys = createKeyCodec(file.positions)
  const lines = ['arch,val,test,params']
  const visit = (prefix: readonly number[]): void => {
    if (prefix.length < file.positions.length)
      for (const choice of upTo(file.positions[prefix.length]!.choices.length)) visit([...prefix, choice])
    else if (random.chance(share))
      lines.push(`${keys.write(prefix)},${random.next()},${random.next()},${1 + random.integer(1000)}`)
  }
  visit([])
  return lines.join('\n')
}

const TABLE = { file: 'table.csv', key: 'arch', fitness: 'val', report: 'test', costs: ['params'] }

/** Words without meaning, and a table of some of them. */
export function randomTableSpace(seed: number): UserSpace {
  const random = createRandom(seed)
  const file = parseSpaceFile({
    format: 'gptnas-space/1',
    name: `words-${seed}`,
    positions: upTo(2 + random.integer(3)).map((i) => ({
      name: `p${i}`,
      choices: upTo(1 + random.integer(random.chance(0.3) ? 14 : 6)).map((j) => `w${j}`),
    })),
    table: TABLE,
    constraints: random.chance(0.5) ? { params: { max: 900 } } : {},
  })
  const shares = [1, 0.5, 0.2]
  for (const share of [random.choice(shares), 1]) {
    const text = randomTable(file, share, random)
    if (!text.includes('\n')) continue
    const space = createUserSpace({ file, table: readSpaceTable(text, file.table!, createKeyCodec(file.positions)) })
    if (space.size().count > 0) return space
  }
  return randomTableSpace(seed + 100_000)
}

/** Blocks of the paper, some positions with a width and a stride of their own. */
export function randomBlockSpace(seed: number): UserSpace {
  const random = createRandom(seed)
  const names = [...PAPER_BLOCKS.keys()]
  const file = parseSpaceFile({
    format: 'gptnas-space/1',
    name: `blocks-${seed}`,
    positions: upTo(3 + random.integer(4)).map((i) => ({
      name: `p${i}`,
      choices: [...random.shuffle(names).slice(0, 4 + random.integer(4)), ...(random.chance(0.5) ? ['identity'] : [])],
      ...(random.chance(0.3) ? { width: random.choice([16, 32]) } : {}),
      ...(i > 0 && random.chance(0.2) ? { stride: 2 } : {}),
    })),
    constraints: random.chance(0.5) ? { macs: { max: 8_000_000 }, parameters: { max: 60_000 } } : {},
  })
  return createUserSpace({ file })
}
