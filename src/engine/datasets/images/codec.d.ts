// The package has no types of its own.
declare module '@cornerstonejs/codec-libjpeg-turbo-8bit/decode' {
  const createCodec: (options?: object) => Promise<unknown>
  export default createCodec
}

declare module '@cornerstonejs/codec-libjpeg-turbo-8bit' {
  const createCodec: (options?: object) => Promise<unknown>
  export default createCodec
}

/** A file of a package as a data URL, by the build. */
declare module '*.wasm?url&inline' {
  const url: string
  export default url
}
