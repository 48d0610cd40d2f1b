// The file of a user-defined space, `gptnas-space/1`: positions with choices, what the choices build, a table of measured
// architectures, constraints. Structure and what can be seen in the file alone; tables are table.ts, networks network.ts.
import { z } from 'zod'
import { issuesText } from '../../architecture/document/schema'
import { unsafePlace } from '../../architecture/document/parse'
import { AppError } from '../../errors'
import { shownReason } from '../../quoted'

export const USER_SPACE_FORMAT = 'gptnas-space/1'

/** Chosen where nothing is to stand: the map goes through unchanged. Needs no block. */
export const IDENTITY_CHOICE = 'identity'

/** Names that other spaces answer to. */
const TAKEN = ['block-chain', 'nas-bench-101', 'nas-bench-201', 'zoo']

/** Beyond any published space: they keep a damaged file from taking memory or time. */
const MAX_POSITIONS = 200
const MAX_CHOICES = 1000
/** Widest layer of the catalogue. */
const MAX_WIDTH = 8192
const MAX_TEXT = 5_000_000

const word = z.string().trim().min(1).max(200)
const range = z
  .strictObject({ min: z.number().optional(), max: z.number().optional() })
  .refine(({ min, max }) => min !== undefined || max !== undefined, 'expected "min", "max" or both')
  .refine(({ min, max }) => min === undefined || max === undefined || min <= max, 'expected min <= max')
const parameterValue = z.union([z.number(), z.boolean(), z.string().max(200), z.tuple([z.number(), z.number()])])

const position = z.strictObject({
  name: word,
  choices: z.array(word).min(1).max(MAX_CHOICES),
  /** Output channels of what stands here; those of its input where absent. Only for training. */
  width: z.number().int().min(1).max(MAX_WIDTH).optional(),
  /** 2 halves the map. Only for training. */
  stride: z.union([z.literal(1), z.literal(2)]).optional(),
})

const structureSchema = z.strictObject({
  format: z.literal(USER_SPACE_FORMAT),
  name: z
    .string()
    .max(100)
    .regex(/^[a-z0-9]+([-_.][a-z0-9]+)*$/, 'expected small letters, digits and "-", such as "my-space"')
    .refine((name) => !TAKEN.includes(name), 'is the name of a built-in space'),
  description: z.string().max(4000).optional(),
  positions: z.array(position).min(1).max(MAX_POSITIONS),
  /** What a choice builds where it is not simply the name of a block. */
  blocks: z
    .record(word, z.strictObject({ block: word, parameters: z.record(word, parameterValue).default({}) }))
    .default({}),
  /** Channels behind the stem of a trained network; as the block chain's default. */
  stemWidth: z.number().int().min(1).max(MAX_WIDTH).default(16),
  table: z
    .strictObject({
      /** Relative to the space file. */
      file: z.string().min(1).max(1000),
      key: word,
      /** What a search maximises. */
      fitness: word,
      /** What only a report may see. */
      report: word.optional(),
      costs: z.array(word).max(100).default([]),
    })
    .optional(),
  /** By name: one of the table's costs; without a table `parameters` or `macs` of the network. */
  constraints: z.record(word, range).default({}),
})

/** Structure, and what no single field shows. */
export const spaceFileSchema = structureSchema.superRefine((file, context) => {
  const problem = contradiction(file)
  if (problem !== undefined) context.addIssue({ code: 'custom', path: [...problem.path], message: problem.message })
})
export type UserSpaceFile = z.infer<typeof structureSchema>
export type SpacePosition = UserSpaceFile['positions'][number]
export type SpaceRange = z.infer<typeof range>

const FIX = 'docs/spaces.md describes the file and has an example.'

const refused = (reason: string, cause?: unknown): AppError =>
  new AppError('invalid-input', `Space file: ${reason}${reason.endsWith('.') ? '' : '.'}`, FIX, { cause })

/** @throws AppError `invalid-input` naming the place and what was expected there. */
export function parseSpaceFile(json: unknown): UserSpaceFile {
  const unsafe = unsafePlace(json)
  if (unsafe !== undefined) throw refused(unsafe)
  const parsed = spaceFileSchema.safeParse(json)
  if (!parsed.success) throw refused(issuesText(parsed.error, 'the file'))
  return parsed.data
}

/** From the text of a file. @throws AppError as `parseSpaceFile`, also for a text that is no JSON. */
export function parseSpaceText(text: string): UserSpaceFile {
  if (text.length > MAX_TEXT) throw refused(`${text.length} characters, expected at most ${MAX_TEXT}`)
  let json: unknown
  try {
    // A byte order mark is what Windows editors put before JSON.
    json = JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text)
  } catch (cause) {
    throw refused(`not JSON (${shownReason(cause instanceof Error ? cause.message : String(cause))})`, cause)
  }
  return parseSpaceFile(json)
}

function firstRepeated(names: readonly string[]): number {
  return names.findIndex((name, i) => names.indexOf(name) !== i)
}

interface Contradiction {
  readonly path: readonly (string | number)[]
  readonly message: string
}

/** What no single field shows. */
function contradiction({ positions, blocks, table, constraints }: UserSpaceFile): Contradiction | undefined {
  const twice = firstRepeated(positions.map(({ name }) => name))
  if (twice >= 0) return { path: ['positions', twice, 'name'], message: `"${positions[twice]!.name}" is used twice` }
  for (const [i, { choices }] of positions.entries()) {
    const repeated = firstRepeated(choices)
    if (repeated >= 0)
      return { path: ['positions', i, 'choices', repeated], message: `"${choices[repeated]}" is listed twice` }
  }
  const known = new Set(positions.flatMap(({ choices }) => choices))
  const unused = Object.keys(blocks).find((name) => !known.has(name))
  if (unused !== undefined) return { path: ['blocks', unused], message: 'no position has this choice' }
  const allowed = table === undefined ? ['parameters', 'macs'] : table.costs
  const unknown = Object.keys(constraints).find((name) => !allowed.includes(name))
  if (unknown !== undefined) {
    const expected =
      table === undefined ? 'parameters or macs' : `one of the table's costs (${allowed.join(', ') || 'none'})`
    return { path: ['constraints', unknown], message: `expected ${expected}` }
  }
  if (table === undefined) {
    const bounded = Object.entries(constraints).find(([, { min }]) => min !== undefined)
    return (
      bounded && { path: ['constraints', bounded[0], 'min'], message: 'only the costs of a table have a lower limit' }
    )
  }
  const columns = [table.key, table.fitness, ...(table.report === undefined ? [] : [table.report]), ...table.costs]
  const repeated = firstRepeated(columns)
  if (repeated < 0) return undefined
  return { path: ['table'], message: `column "${columns[repeated]}" is named for two things` }
}
