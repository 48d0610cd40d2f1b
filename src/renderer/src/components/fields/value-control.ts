// The kinds of value a form can ask for, as plain data: what the inspector and the search form make of their own descriptions.
import type { SelectOption } from '../ui/UiSelect.vue'

export type ValueControl =
  | { readonly kind: 'text' }
  | {
      readonly kind: 'number'
      readonly min?: number | undefined
      readonly max?: number | undefined
      readonly isInteger: boolean
      /** Said where it is empty; for values that may be. */
      readonly placeholder?: string | undefined
    }
  | { readonly kind: 'switch' }
  | { readonly kind: 'choice'; readonly options: readonly SelectOption[] }

export type FieldValue = string | number | boolean | null
