// Whole numbers as they are typed behind an option.
import { AppError } from '@shared/errors'

/** @throws AppError `invalid-input` for anything but a whole number from `least` on */
export function whole(name: string, text: string | undefined, fallback: number, least: number): number {
  const value = text === undefined ? fallback : Number(text)
  if (!Number.isSafeInteger(value) || value < least)
    throw new AppError('invalid-input', `--${name}: expected a whole number from ${least} on, received "${text}".`)
  return value
}
