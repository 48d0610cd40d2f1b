// Ways in which a valid file becomes a damaged or hostile one; the same seed makes the same file.
import { createRandom } from '../../src/shared/random'

export const MUTATIONS = ['truncate', 'splice', 'flip', 'zero', 'nul', 'nest', 'count', 'traverse', 'empty'] as const
export type Mutation = (typeof MUTATIONS)[number]

/** Deeper than any stack that a recursive reader without a limit would need. */
const NESTED = 20_000
const HUGE = '99999999999999'

/** @param seed decides which mutation it is and where it strikes; `MUTATIONS` follow each other with it */
export function mutate(valid: Buffer, seed: number): { readonly mutation: Mutation; readonly bytes: Buffer } {
  const mutation = MUTATIONS[seed % MUTATIONS.length]!
  return { mutation, bytes: apply(mutation, valid, createRandom(seed).fork('mutation')) }
}

function apply(mutation: Mutation, valid: Buffer, random: ReturnType<typeof createRandom>): Buffer {
  const at = random.integer(Math.max(1, valid.length))
  const insert = (content: Buffer | string): Buffer =>
    Buffer.concat([valid.subarray(0, at), Buffer.from(content), valid.subarray(at)])
  const changed = (change: (bytes: Buffer) => void): Buffer => {
    const bytes = Buffer.from(valid)
    change(bytes)
    return bytes
  }
  switch (mutation) {
    case 'truncate':
      return valid.subarray(0, at)
    case 'splice': {
      const from = random.integer(Math.max(1, valid.length))
      return insert(valid.subarray(from, from + 1 + random.integer(4096)))
    }
    case 'flip':
      return changed((bytes) => {
        for (let flip = 0; flip < 8 && bytes.length > 0; flip++)
          bytes[random.integer(bytes.length)]! ^= 1 << random.integer(8)
      })
    case 'zero':
      return changed((bytes) => bytes.fill(0, at, Math.min(at + 4096, bytes.length)))
    case 'nul':
      return insert(Buffer.alloc(1 + random.integer(64)))
    case 'nest':
      return insert('[{"a":'.repeat(NESTED))
    case 'count':
      return hugeCount(valid, random)
    case 'traverse':
      return traversing(valid, random)
    case 'empty':
      return Buffer.alloc(0)
  }
}

/** In text a number becomes larger than anything; in bytes four of them become a length of 2 GiB. */
function hugeCount(valid: Buffer, random: ReturnType<typeof createRandom>): Buffer {
  const text = valid.toString('latin1')
  const numbers = [...text.matchAll(/(?<![\w.])\d+(?![\w.])/g)]
  if (numbers.length > 0 && random.integer(2) === 0) {
    const { index, 0: found } = numbers[random.integer(numbers.length)]!
    return Buffer.from(text.slice(0, index) + HUGE + text.slice(index + found.length), 'latin1')
  }
  const bytes = Buffer.from(valid)
  if (bytes.length >= 4) bytes.writeInt32LE(0x7fffffff, random.integer(bytes.length - 3))
  return bytes
}

/** A name in the file leads out of its folder. */
function traversing(valid: Buffer, random: ReturnType<typeof createRandom>): Buffer {
  const text = valid.toString('latin1')
  const names = [...text.matchAll(/[A-Za-z][\w./-]{5,}/g)]
  const found = names[random.integer(Math.max(1, names.length))]
  if (found === undefined) return valid
  const { index, 0: name } = found
  // As long as what it replaces: else an archive would refuse it for its length alone.
  const path = '../'.repeat(Math.ceil(name.length / 3)).slice(0, Math.max(0, name.length - 2)) + '/x'
  return Buffer.from(text.slice(0, index) + path + text.slice(index + name.length), 'latin1')
}
