// The commands by name. Each is loaded when it is asked for: `gpt-nas search list` does not wait for what trains a proposer.
import type { Command } from 'commander'

/** Adds its command to the program. */
type Define = (program: Command) => void

/** In the order of the help. The name is the command's own (a test holds it). */
export const COMMANDS: Readonly<Record<string, () => Promise<Define>>> = {
  doctor: async () => (await import('./doctor')).doctorCommand,
  devices: async () => (await import('./devices')).devicesCommand,
  runtime: async () => (await import('./runtime')).runtimeCommand,
  dataset: async () => (await import('./dataset')).datasetCommand,
  space: async () => (await import('./space')).spaceCommand,
  zoo: async () => (await import('./zoo')).zooCommand,
  check: async () => (await import('./check')).checkCommand,
  cost: async () => (await import('./cost')).costCommand,
  diff: async () => (await import('./diff')).diffCommand,
  import: async () => (await import('./import')).importCommand,
  imports: async () => (await import('./import')).importsCommand,
  train: async () => (await import('./train')).trainCommand,
  search: async () => (await import('./search')).searchCommand,
  export: async () => (await import('./export')).exportCommand,
  prove: async () => (await import('./prove')).proveCommand,
  proposer: async () => (await import('./proposer')).proposerCommand,
  bench: async () => (await import('./bench')).benchCommand,
  workspace: async () => (await import('./workspace')).workspaceCommand,
}

/** Those that the words of a command line need: the one named first, or all for the help and for a name nobody knows. */
export function commandsFor([name]: readonly string[]): Promise<Define[]> {
  const named = name === undefined || !Object.hasOwn(COMMANDS, name) ? undefined : COMMANDS[name]
  return Promise.all((named === undefined ? Object.values(COMMANDS) : [named]).map((load) => load()))
}
