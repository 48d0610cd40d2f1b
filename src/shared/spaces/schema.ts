// What a run may say of the space it searches: the definitions of all kinds, told apart by `kind`. Apart from the registry
// (index.ts), so that contracts and stored definitions do not load the spaces themselves.
import { z } from 'zod'
import { chainSpaceSchema } from './block-chain/schema'
import { cellSpaceSchema } from './nas-bench-101/schema'
import { edgeSpaceSchema } from './nas-bench-201/schema'
import { singleSpaceSchema } from './single/schema'
import { userSpaceSchema } from './user/schema'

const KINDS = [chainSpaceSchema, cellSpaceSchema, edgeSpaceSchema, userSpaceSchema, singleSpaceSchema] as const
const kindNames = (): string => KINDS.map((schema) => z.toJSONSchema(schema.shape.kind).const).join(', ')

/** A definition without `kind` is of block chains: there was no other kind once. */
export const spaceSchema = z.discriminatedUnion('kind', KINDS, {
  error: ({ code }) => (code === 'invalid_union' ? `expected one of ${kindNames()}` : undefined),
})
export type SpaceDefinition = z.infer<typeof spaceSchema>
export type SpaceKindName = SpaceDefinition['kind']
