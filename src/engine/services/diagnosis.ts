// What all checks of the doctor share.
import type { Diagnosis } from '@shared/contract/runtime'

export const GIBIBYTE = 1024 ** 3

export const gibibytes = (bytes: number): string => `${(bytes / GIBIBYTE).toFixed(1)} GiB`

/** A check that found nothing wrong. */
export function ok(id: string, title: string, found: string): Diagnosis {
  return { id, title, status: 'ok', found, fix: '' }
}
