// Large counts as people read them in a message. Where an exact number is the point (bytes of a file that must match), it is
// written whole instead. The window's own figures follow its language (renderer, use-formats.ts).

const STEPS = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const

/** 29,016,704 as "29.0 M": three significant digits from a thousand on, everything below whole. */
export function figure(value: number): string {
  // By what it reads as: 999,999 is 1.00 M, not 1000 k.
  const rounded = Number(value.toPrecision(3))
  const step = STEPS.find(([size]) => Math.abs(rounded) >= size)
  return step ? `${(rounded / step[0]).toPrecision(3)} ${step[1]}` : String(value)
}

/** Two values as figures that can be told apart: written whole where they would read the same. */
function figuresApart(one: number, other: number): readonly [string, string] {
  const texts = [figure(one), figure(other)] as const
  return texts[0] === texts[1] ? [String(one), String(other)] : texts
}

/** "29.0 M parameters are above the limit of 3.00 M". */
export function aboveLimit(what: string, value: number, limit: number): string {
  const [is, may] = figuresApart(value, limit)
  return `${is} ${what} are above the limit of ${may}`
}

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹'
/** A count of any size: "423,624", from a million million on "2.3 × 10²⁷". */
export function magnitude(count: number): string {
  if (count < 1e12) return count.toLocaleString('en')
  const [digits = '', power = ''] = count.toExponential(1).split('e+')
  return `${digits} × 10${[...power].map((digit) => SUPERSCRIPTS[Number(digit)]).join('')}`
}
