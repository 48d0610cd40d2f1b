// What all checks of the doctor share.
import type { Diagnosis } from '@shared/contract/runtime'

/** A check that found nothing wrong. */
export function ok(id: string, title: string, found: string): Diagnosis {
  return { id, title, status: 'ok', found, fix: '' }
}

export type Found = Omit<Diagnosis, 'id'>

export const finding = (id: string, found: Found): Diagnosis => ({ id, ...found })
