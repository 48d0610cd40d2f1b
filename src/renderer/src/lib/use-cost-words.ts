// Names and figures of costs: those that the program knows in the window's language and with their unit, a table's own word as it is.
import { useI18n } from 'vue-i18n'
import { useFormats } from './use-formats'

const IN_BYTES: readonly string[] = ['weightsBytes', 'trainingBytes']

export function useCostWords() {
  const { t, te } = useI18n()
  const formats = useFormats()
  return {
    /** @param name null for parameters */
    costName(name: string | null): string {
      const key = `charts.costs.${name ?? 'parameters'}`
      return te(key) ? t(key) : (name ?? '')
    },
    costText(name: string | null, value: number | null | undefined): string {
      if (name !== null && IN_BYTES.includes(name)) return formats.bytes(value)
      return formats.compactOrMeasured(value)
    },
  }
}
