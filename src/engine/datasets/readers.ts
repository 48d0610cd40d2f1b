// Who reads the files of a data set right now, besides searches, which say so themselves: exports, their proofs, imports from it.
// What is read must not be replaced or removed under the reader.

export interface DatasetReaders {
  /** @param reader in words: "the export of trial 3" @returns a function that ends it */
  hold(name: string, reader: string): () => void
  of(name: string): readonly string[]
}

export function createReaders(): DatasetReaders {
  const holds = new Map<symbol, { readonly name: string; readonly reader: string }>()
  return {
    hold: (name, reader) => {
      const key = Symbol(reader)
      holds.set(key, { name, reader })
      return () => void holds.delete(key)
    },
    of: (name) => [...holds.values()].filter((hold) => hold.name === name).map(({ reader }) => reader),
  }
}
