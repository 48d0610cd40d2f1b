// Binary sizes: their units as factors, and as people read them in a message. The window's own figures follow its language
// (renderer, use-formats.ts).

export const KIB = 1024
export const MIB = 1024 ** 2
export const GIB = 1024 ** 3

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const

/** "512 B", "1.5 GiB". @param bytes >= 0 */
export function readableBytes(bytes: number): string {
  let scaled = bytes
  let unit = 0
  while (scaled >= 1024 && unit < UNITS.length - 1) {
    scaled /= 1024
    unit++
  }
  return `${unit === 0 ? Math.round(scaled) : scaled.toFixed(1)} ${UNITS[unit]!}`
}
