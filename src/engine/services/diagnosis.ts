// What all checks of the doctor share.
import type { Diagnosis } from '@shared/contract/runtime'

/** A check that found nothing wrong. */
export function ok(id: string, title: string, found: string): Diagnosis {
  return { id, title, status: 'ok', found, fix: '' }
}
