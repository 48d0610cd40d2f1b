// Every text of the window in English, one file per view under en/. Short, plain, sentence case; the number first.
// Plurals are "one | many" or "none | one | many"; braces hold values.
import { data } from './en/data'
import { definition } from './en/definition'
import { design } from './en/design'
import { frame } from './en/frame'
import { proposer } from './en/proposer'
import { results } from './en/results'
import { runtime } from './en/runtime'
import { search } from './en/search'
import { settings } from './en/settings'
import { units } from './en/units'

export const en = {
  /** The views by name, with their titles; `app/views.ts` has a line for each. */
  views: {
    design: 'Design',
    data: 'Data',
    search: 'Search',
    results: 'Results',
    proposer: 'Proposer',
    runtime: 'Runtime',
    settings: 'Settings',
  },
  ...frame,
  ...design,
  ...search,
  ...definition,
  ...results,
  ...data,
  ...proposer,
  ...runtime,
  ...settings,
  ...units,
}
export type Messages = typeof en
export type ViewName = keyof Messages['views']
