// The package has no types of its own.
declare module '@cornerstonejs/codec-libjpeg-turbo-8bit/decode' {
  const createCodec: (options?: object) => Promise<unknown>
  export default createCodec
}

declare module '@cornerstonejs/codec-libjpeg-turbo-8bit' {
  const createCodec: (options?: object) => Promise<unknown>
  export default createCodec
}
