// What is known of a setting beyond what its schema says. It is registered where the setting is defined, so that the window's form,
// its help and the table in docs/search-file.md say the same and cannot fall behind.
import { z } from 'zod'

export interface SettingFacts {
  /** What it is, for people: help beside the field, meaning in the table. The default is not repeated here. */
  readonly description: string
  /** A heading of the form other than that of the object it stands in. */
  readonly group?: 'limits' | 'augmentation'
  /** Shown in Simple too. */
  readonly isSimple?: boolean
  /** Shares are shown as percents; four are chosen from what the workspace holds, the last two in a dialog. */
  readonly kind?: 'percent' | 'dataset' | 'blocks' | 'designs' | 'runs' | 'program' | 'folder'
  /** Key of a unit's name. */
  readonly unit?: string
  /** The published value (docs/method.md). */
  readonly paper?: number | string
}

export const settingFacts = z.registry<SettingFacts>()

/** The schema itself, with what people must know of it. */
export function setting<Schema extends z.ZodType>(schema: Schema, facts: SettingFacts): Schema {
  settingFacts.add(schema, facts)
  return schema
}
