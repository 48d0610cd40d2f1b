// What was typed for an export's format: NAME=VALUE in the words of its schema (shared/exchange), which also says what there is.
import { AppError } from '@shared/errors'
import {
  EXPORT_FORMAT_NAMES,
  exportFormatFacts,
  exportOptions,
  type ExportFormat,
  type ExportOptions,
} from '@shared/exchange/formats'

/** "inputLayout (nchw), softmax (true)" of every format that has any, for help. */
export const optionsHelp = (): string =>
  EXPORT_FORMAT_NAMES.flatMap((format) => {
    const defaults = Object.entries(exportFormatFacts(format).options.parse({}))
    if (defaults.length === 0) return []
    return [`${format}: ${defaults.map(([name, value]) => `${name} (${String(value)})`).join(', ')}`]
  }).join('; ')

/** Text stays text where it is no number and no switch; whether it may stand there is the schema's affair. */
function valueOf(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true'
  const number = Number(text)
  return text.trim() === '' || Number.isNaN(number) ? text : number
}

/**
 * @param typed `NAME=VALUE`, in the order typed
 * @throws AppError `invalid-input` for words that set nothing, and for options that the format does not have
 */
export function readExportOptions(format: ExportFormat, typed: readonly string[]): ExportOptions {
  const wish = typed.map((words): [string, string | number | boolean] => {
    const at = words.indexOf('=')
    if (at > 0) return [words.slice(0, at), valueOf(words.slice(at + 1))]
    throw new AppError(
      'invalid-input',
      `"${words}" sets nothing.`,
      'Write --set NAME=VALUE, such as --set inputLayout=nhwc.',
    )
  })
  return exportOptions(format, Object.fromEntries(wish))
}
