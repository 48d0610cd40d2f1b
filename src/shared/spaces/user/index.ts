// User-defined spaces for the registry: the space from the content of its files, and its language.
import { createUserCodec } from '../../language/workbench/user-codec'
import type { SpaceKind } from '../space'
import { createKeyCodec } from './key'
import type { UserSpaceDefinition } from './schema'
import { createUserSpace, type UserSpace } from './space'
import { readSpaceTable } from './table'

export const userKind: SpaceKind<UserSpaceDefinition> = {
  open({ file, table: text }, { shape, classes }, library): UserSpace {
    const table =
      file.table === undefined || text === null
        ? undefined
        : readSpaceTable(text, file.table, createKeyCodec(file.positions))
    const space = createUserSpace({ file, inputShape: shape, classes, library, ...(table && { table }) })
    return {
      ...space,
      codec: createUserCodec(space),
      describe: () => ({
        noun: 'architectures',
        parts: {
          description: file.description ?? null,
          positions: file.positions.map(({ name, choices }) => `${name}: ${choices.join(', ')}`),
          trainable: space.undocumented === undefined,
          table:
            table && file.table ? `${file.table.file}, ${table.rows.size} rows, fitness ${file.table.fitness}` : null,
          constraints: file.constraints,
        },
      }),
    }
  },
}
