// Values of options, as several commands take them.
import { InvalidArgumentError } from 'commander'

/** A whole number from 1 on. @throws InvalidArgumentError */
export function positive(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError(`"${text}" is no whole number from 1 on.`)
  return value
}
/** Words between commas, each once. */
export const list = (text: string): string[] => [...new Set(text.split(',').map((part) => part.trim()))].filter(Boolean)
