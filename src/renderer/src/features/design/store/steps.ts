// Names of undoable steps. The history keeps a name and a number; the words are made when they are shown, so that they
// follow the window's language.
export type HistoryStepName =
  | 'add'
  | 'remove'
  | 'heal'
  | 'connect'
  | 'move'
  | 'tidy'
  | 'parameter'
  | 'label'
  | 'rename'
  | 'input'
  | 'classes'
  | 'describe'
  | 'blockParameters'
  | 'paste'
  | 'cut'
  | 'duplicate'
  | 'group'
  | 'ungroup'
  | 'fix'
  | 'restore'

export function historyStepLabel(name: HistoryStepName, count: number): string {
  return `${name}/${count}`
}

/** The step in words: "delete 3 nodes". `t` looks up `design.steps.*` with a plural. */
export function stepText(
  t: (key: string, values: Record<string, unknown>, plural: number) => string,
  label: string,
): string {
  const [name, number] = label.split('/')
  const count = Number(number)
  return t(`design.steps.${name}`, { count }, count)
}
