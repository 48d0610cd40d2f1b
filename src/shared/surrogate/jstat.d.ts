// What is used of jstat 1.9.6, which has no types of its own.
declare module 'jstat' {
  export const jStat: {
    readonly studentt: {
      /** @param probability in (0, 1) @param degrees above 0, whole or not */
      inv(probability: number, degrees: number): number
    }
    readonly normal: {
      cdf(x: number, mean: number, deviation: number): number
      pdf(x: number, mean: number, deviation: number): number
      /** @param probability in (0, 1) */
      inv(probability: number, mean: number, deviation: number): number
    }
  }
}
