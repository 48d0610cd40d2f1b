// Cuts a stream of bytes into whole records of one length, many at a time.

/** Buffers that each hold one or more whole records; bytes left at the end are for the caller to have counted. */
export async function* wholeRecords(pieces: AsyncIterable<unknown>, recordBytes: number): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const piece of pieces) {
    rest = rest.length === 0 ? (piece as Buffer) : Buffer.concat([rest, piece as Buffer])
    const whole = rest.length - (rest.length % recordBytes)
    if (whole > 0) yield rest.subarray(0, whole)
    rest = rest.subarray(whole)
  }
}
