// The settings of a run under the headings of the form. What there is to set, its kind, range, help and published value come from the
// schemas themselves, so that the form cannot contradict what the engine accepts.
import { isActive, SETTINGS, type Setting } from '@shared/search/setting-list'

export const GROUPS = [
  'search',
  'objective',
  'data',
  'training',
  'fidelity',
  'augmentation',
  'space',
  'limits',
] as const
export type SettingGroup = (typeof GROUPS)[number]

/** Objects of the definition that have a heading of their own; everything else is about the search. */
const OF_OBJECT: Readonly<Record<string, SettingGroup>> = {
  data: 'data',
  recipe: 'training',
  fidelity: 'fidelity',
  space: 'space',
  objective: 'objective',
  limits: 'objective',
}

export function groupOf({ path, group }: Setting): SettingGroup {
  return group ?? OF_OBJECT[path.split('.')[0] ?? ''] ?? 'search'
}

/**
 * What a definition of these values can say, heading by heading, each in the order of the schemas.
 * @param valueAt what the definition holds at a path
 * @param isShown whether the form shows a setting that is there
 */
export function groupedSettings(valueAt: (path: string) => unknown, isShown: (setting: Setting) => boolean) {
  const shown = SETTINGS.filter((setting) => isActive(setting, valueAt) && isShown(setting))
  return GROUPS.map((group) => ({
    group,
    settings: shown.filter((setting) => groupOf(setting) === group),
  })).filter(({ settings }) => settings.length > 0)
}
