// Windows' and macOS' files of several icons, each a PNG as it is: ICO (Windows Vista and later) and ICNS (macOS 10.7 and later).

/** Sizes that Windows asks for; 256 is the largest that the format can say. */
const ICO_SIZES = [16, 24, 32, 48, 64, 128, 256]
/** Types of ICNS that hold PNGs, with their sizes; the ones for screens of double density name half their pixels. */
const ICNS_TYPES = [
  ['icp4', 16],
  ['icp5', 32],
  ['ic11', 32],
  ['ic12', 64],
  ['ic07', 128],
  ['ic08', 256],
  ['ic13', 256],
  ['ic09', 512],
  ['ic14', 512],
  ['ic10', 1024],
]
const [HEADER, ENTRY] = [6, 16]

/** @param {ReadonlyMap<number, Buffer>} drawn PNGs by their size @returns {Buffer} */
export function icoOf(drawn) {
  const images = ICO_SIZES.map((size) => [size, drawn.get(size)])
  const head = Buffer.alloc(HEADER + ENTRY * images.length)
  head.writeUInt16LE(1, 2) // icons, not cursors
  head.writeUInt16LE(images.length, 4)
  let offset = head.length
  for (const [index, [size, png]] of images.entries()) {
    const at = HEADER + ENTRY * index
    // A byte each; 0 says 256.
    head.writeUInt8(size % 256, at)
    head.writeUInt8(size % 256, at + 1)
    head.writeUInt16LE(1, at + 4) // planes
    head.writeUInt16LE(32, at + 6) // bits of a pixel
    head.writeUInt32LE(png.length, at + 8)
    head.writeUInt32LE(offset, at + 12)
    offset += png.length
  }
  return Buffer.concat([head, ...images.map(([, png]) => png)])
}

/** @param {ReadonlyMap<number, Buffer>} drawn PNGs by their size @returns {Buffer} */
export function icnsOf(drawn) {
  const blocks = ICNS_TYPES.map(([type, size]) => block(type, drawn.get(size)))
  return block('icns', Buffer.concat(blocks))
}

/** A type, the length of it all, and the content. */
function block(type, content) {
  const head = Buffer.alloc(8)
  head.write(type, 'latin1')
  head.writeUInt32BE(head.length + content.length, 4)
  return Buffer.concat([head, content])
}
