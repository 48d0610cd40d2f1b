// What a grammar is: the mask that keeps sampling inside a space.

export interface Grammar {
  /**
   * Ids that may follow `body` (the tokens of an architecture so far, nothing around them) such that the sentence can
   * still end inside the space; `<end>` among them when it may end here. Never empty for a body made of allowed tokens.
   */
  allowedNext(body: readonly number[]): readonly number[]
}
