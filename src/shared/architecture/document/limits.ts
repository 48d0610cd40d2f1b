// How large a document may be. Far above any real design; a file beyond them is damaged or meant to hurt.

/** Layers and blocks of one document, those of embedded blocks counted apart. */
export const MAX_NODES = 5_000
/** DenseNet-like wiring of the largest document. */
export const MAX_EDGES = 50_000
export const MAX_DEFINITIONS = 500
export const MAX_NAME_LENGTH = 200
export const MAX_HELP_LENGTH = 4_000
export const MAX_ID_LENGTH = 100
/** Declared by a block, or given to a node; layers have at most a dozen. */
export const MAX_PARAMETERS = 100
/** Characters of a file: the largest document with every label at its longest stays below. */
export const MAX_FILE_LENGTH = 32_000_000
/** A definition's parameter specification is 7 levels deep. */
export const MAX_DEPTH = 16
/** Height, width or channels of an input. */
export const MAX_SIZE = 16_384
/** ImageNet-21k has 21,841 classes. */
export const MAX_CLASSES = 32_768
/** Largest absolute value of any number in a document; canvas coordinates are the largest used. */
export const MAX_NUMBER = 1e9
