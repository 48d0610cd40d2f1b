// An image that cannot be used: listed with its reason and left out, never the end of an import.

/** @property message continues "file.png ...": "is a damaged PNG" */
export class UnreadableImage extends Error {
  override readonly name = 'UnreadableImage'
}
