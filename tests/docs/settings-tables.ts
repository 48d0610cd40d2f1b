// The tables of docs/search-file.md, written from the schemas' own list of settings.
import { SETTINGS, type Setting } from '../../src/shared/search/setting-list'

const quote = (value: unknown): string => `\`${JSON.stringify(value)}\``
const word = (value: string): string => `\`${value}\``

function rangeText({ min, max }: Setting): string | null {
  if (min !== undefined && max !== undefined) return `From ${min} to ${max}.`
  if (min !== undefined) return `At least ${min}.`
  return max === undefined ? null : `At most ${max}.`
}

function meaning(setting: Setting): string {
  const { description, choices, paper } = setting
  const parts = [
    description,
    choices.length === 0 ? null : `One of ${choices.map(({ value }) => word(value)).join(', ')}.`,
    rangeText(setting),
    paper === undefined ? null : `Paper: ${String(paper)}.`,
  ]
  return parts.filter((part) => part !== null).join(' ')
}

const defaultText = ({ default: value }: Setting): string => (value === undefined ? '' : quote(value))

function table(settings: readonly Setting[]): string {
  const rows = settings.map((setting) => `| ${word(setting.path)} | ${defaultText(setting)} | ${meaning(setting)} |`)
  return ['| field | default | meaning |', '|---|---|---|', ...rows].join('\n')
}

/** The branches of a union, and what each of them has of its own. A field that several share is one row. */
function union(choicePath: string): string {
  const choice = SETTINGS.find(({ path }) => path === choicePath)
  if (choice === undefined) throw new Error(`there is no setting ${choicePath}`)
  const branches = choice.choices.map(({ value, description }) => `| ${word(value)} | ${description ?? ''} |`)
  const rows = new Map<string, string[]>()
  const object = choicePath.split('.')[0]!
  const ofBranches = within(object).filter(({ when }) => when?.path === choicePath)
  for (const setting of ofBranches) {
    const row = `| ${word(setting.path)} | @ | ${defaultText(setting)} | ${meaning(setting)} |`
    rows.set(row, [...(rows.get(row) ?? []), ...(setting.when?.is ?? []).map(word)])
  }
  const own = [...rows].map(([row, names]) => row.replace('@', names.join(', ')))
  const choices = [`| ${word(choicePath)} | meaning |`, '|---|---|', ...branches].join('\n')
  if (own.length === 0) return choices
  return [choices, ['| field | of | default | meaning |', '|---|---|---|---|', ...own].join('\n')].join('\n\n')
}

const within = (object: string): Setting[] => SETTINGS.filter(({ path }) => path.startsWith(`${object}.`))

const OF_TRAINING = 'Read by the evaluator `training` alone.'
const OF_IMAGES = 'Read by the evaluators `training` and `proxy`.'

/** Markdown, with the headings of its sections. */
export function settingsTables(): string {
  const choices = ['strategy.name', 'space.kind', 'evaluator.kind', 'objective.kind']
  const top = SETTINGS.filter(({ path }) => !path.includes('.') || choices.includes(path))
  const sections: [string, string][] = [
    ['The run', table(top)],
    ['The strategy', union('strategy.name')],
    ['The space', union('space.kind')],
    ['The evaluator', union('evaluator.kind')],
    ['The objective', union('objective.kind')],
    ['Limits', `What is above one is drawn anew and never trained.\n\n${table(within('limits'))}`],
    ['The data', `${OF_IMAGES}\n\n${table(within('data'))}`],
    ['The recipe', `${OF_TRAINING}\n\n${table(within('recipe'))}`],
    ['What is saved on candidates', `${OF_TRAINING} All of it is off as left out.\n\n${table(within('fidelity'))}`],
  ]
  return sections.map(([title, text]) => `## ${title}\n\n${text}`).join('\n\n')
}
