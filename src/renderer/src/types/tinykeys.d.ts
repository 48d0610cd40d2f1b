// Types of tinykeys 3: its package has them but does not export them under "types".
declare module 'tinykeys' {
  /** Calls a handler for the keys it is bound to; returns the function that stops listening. */
  export function tinykeys(
    target: Window | HTMLElement,
    bindings: Readonly<Record<string, (event: KeyboardEvent) => void>>,
    options?: { event?: 'keydown' | 'keyup'; capture?: boolean; timeout?: number },
  ): () => void
}
