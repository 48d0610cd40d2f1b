// The window's language. Texts live in en.ts; a further language is a file of the same shape.
import { createI18n } from 'vue-i18n'
import { en } from './en'

/** The i18n plugin. A missing key is a bug that a test finds; at run time the key itself is shown. */
export function createLocale() {
  return createI18n({
    legacy: false,
    locale: 'en',
    fallbackLocale: 'en',
    messages: { en },
    missingWarn: false,
    fallbackWarn: false,
  })
}
