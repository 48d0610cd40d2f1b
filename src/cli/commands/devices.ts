// gpt-nas devices: what computes use of this machine and why; settings for it, and back to what was measured.
import { Option, type Command } from 'commander'
import type { Devices } from '@shared/contract/devices'
import { DEVICE_VARIABLES, parseDeviceSettings, type DeviceSettings } from '@shared/runtime/device-settings'
import { typed } from '@node/command-line'
import { runCommand, withCommonOptions, type CommonOptions } from '../command'
import { bytes, table } from '../format'
import { benchmarkText } from './doctor-benchmark'

/** The option of each setting, as it is typed. */
const OPTIONS: Readonly<Record<keyof DeviceSettings, { readonly flag: string; readonly help: string }>> = {
  cpuSlots: { flag: '--cpu-slots', help: 'computes on the processor; 0 only beside graphics cards' },
  threadsPerSlot: { flag: '--threads', help: 'threads of each compute' },
  slotsPerGpu: { flag: '--slots-per-gpu', help: 'computes on each graphics card, 1 to 8' },
  gpuMemoryShare: { flag: '--gpu-memory-share', help: "part of a card's memory that one compute may hold, 0.05 to 1" },
}
const KEYS = Object.keys(OPTIONS) as (keyof DeviceSettings)[]

const sources = (): Readonly<Record<Devices['source'], string>> => ({
  settings: 'as set',
  benchmark: 'as measured',
  rule: `by rule; "${typed('doctor --benchmark')}" measures what is best`,
})

/** What is set, and by whom; empty where nothing is. */
function settingLines({ settings, environment }: Devices): string[] {
  return KEYS.flatMap((key) => {
    if (environment[key] !== null) return [`${DEVICE_VARIABLES[key]}=${environment[key]} goes before everything else.`]
    return settings[key] === null ? [] : [`${OPTIONS[key].flag} ${settings[key]} is set.`]
  })
}

/** What computes use, as text. */
export function devicesText(devices: Devices): string {
  const { processor, cores, coresLimitedBy, memoryBytes, gpus, slots, source, notes, benchmark, staleBecause } = devices
  const limited = coresLimitedBy === null ? '' : ` (limited by ${coresLimitedBy})`
  const cards = gpus.map(({ name, memoryBytes: size }) => `${name}${size === null ? '' : `, ${bytes(size)}`}`)
  const rows = slots.map(({ device, threads, gpuMemoryBytes }, index) => [
    String(index),
    device,
    String(threads),
    gpuMemoryBytes === null ? '' : bytes(gpuMemoryBytes),
  ])
  return [
    [`${processor}: ${cores} cores${limited}, ${bytes(memoryBytes)}`, ...cards].join('\n'),
    `${slots.length} ${slots.length === 1 ? 'compute' : 'computes'}, ${sources()[source]}:\n${table(['>Slot', 'Device', '>Threads', '>Card memory'], rows)}`,
    ...[settingLines(devices).join('\n'), notes.join('\n')].filter((part) => part !== ''),
    benchmark === null ? 'This machine has not been measured.' : benchmarkText(benchmark, staleBecause),
  ].join('\n\n')
}

/** Typed options as settings; what was not typed keeps what is stored. @throws AppError `invalid-input` naming the option */
export function settingsFrom(typed: Readonly<Record<string, string>>, stored: DeviceSettings): DeviceSettings {
  const given = KEYS.flatMap((key) => {
    const text = typed[optionName(key)]
    if (text === undefined) return []
    // Text that is no number is left as it is, for the schema to refuse.
    return [[key, text === 'auto' ? null : Number.isNaN(Number(text)) ? text : Number(text)] as const]
  })
  return parseDeviceSettings(
    { ...stored, ...Object.fromEntries(given) },
    (key) => OPTIONS[key as keyof DeviceSettings].flag,
  )
}

/** How commander calls the value of an option. */
const optionName = (key: keyof DeviceSettings): string =>
  OPTIONS[key].flag.slice(2).replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())

export function devicesCommand(program: Command): void {
  const group = program.command('devices').description('what computes use of this machine: show, set, reset')
  withCommonOptions(
    group.command('show', { isDefault: true }).description('devices, slots and where they come from'),
  ).action((options: CommonOptions) =>
    runCommand(options, async ({ client, output }) => {
      const devices = await client.runtime.devices()
      output.result(devices, devicesText(devices))
    }),
  )
  const set = withCommonOptions(
    group.command('set').description('decide it yourself; "auto" leaves one to the machine'),
  )
  for (const key of KEYS) set.addOption(new Option(`${OPTIONS[key].flag} <value>`, OPTIONS[key].help))
  set.action((options: CommonOptions & Record<string, string>) =>
    runCommand(options, async ({ client, output }) => {
      const { settings } = await client.runtime.devices()
      const devices = await client.runtime.configureDevices(settingsFrom(options, settings))
      output.result(devices, devicesText(devices))
    }),
  )
  withCommonOptions(group.command('reset').description('forget what was set; what was measured stays')).action(
    (options: CommonOptions) =>
      runCommand(options, async ({ client, output }) => {
        const devices = await client.runtime.configureDevices(parseDeviceSettings({}))
        output.result(devices, devicesText(devices))
      }),
  )
}
