// What a machine says of its NVIDIA cards apart from TensorFlow: the bus, the kernel, its device files, nvidia-smi, and the environment.
// Read for the doctor alone; what the facts mean is services/card-diagnoses's.
import { accessSync, constants, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { readSystemFile } from '@node/system-file'
import type { NvidiaDevice, NvidiaSmi, SmiAnswer } from './nvidia-smi'

export interface CardFacts {
  /** NVIDIA devices that draw or compute, on the PCI bus. */
  readonly onBus: number
  /** Kernel modules that may hold them. */
  readonly modules: { readonly nvidia: boolean; readonly uvm: boolean; readonly nouveau: boolean }
  /** Of the loaded kernel module; null where there is none. */
  readonly kernelDriver: string | null
  /** Device files, and those that this process may not open. */
  readonly deviceFiles: readonly string[]
  readonly forbiddenFiles: readonly string[]
  /** null where the machine does not tell. */
  readonly secureBoot: boolean | null
  /** What kind of container this is; null for none. */
  readonly container: string | null
  readonly wsl: 'none' | 'with-gpu' | 'without-gpu'
  readonly smi: SmiAnswer
  readonly cards: readonly NvidiaDevice[]
  /** Parts of cards in multi-instance mode. */
  readonly parts: number
  readonly env: Readonly<Record<string, string | undefined>>
}

export interface CardSources {
  readonly smi: NvidiaSmi
  readonly env: Readonly<Record<string, string | undefined>>
  /** Stands for `/`; replaced in tests. */
  readonly root?: string
}

const NVIDIA_VENDOR = '0x10de'
/** Display and 3D controllers: the first byte of a PCI class (PCI Code and ID Assignment Specification). */
const DISPLAY_CLASS = '0x03'
/** Its last byte is 1 where Secure Boot is on (UEFI specification, global variables). */
const SECURE_BOOT = '/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c'

const names = (folder: string): string[] => {
  try {
    return readdirSync(folder)
  } catch {
    return [] // not there, or not to be read: nothing is known
  }
}

const exists = (file: string): boolean => statSync(file, { throwIfNoEntry: false }) !== undefined

const mayOpen = (file: string): boolean => {
  try {
    accessSync(file, constants.R_OK | constants.W_OK)
    return true
  } catch {
    return false
  }
}

function containerKind(at: (file: string) => string, env: CardSources['env']): string | null {
  if (exists(at('/.dockerenv'))) return 'Docker'
  if (exists(at('/run/.containerenv'))) return 'Podman'
  if (env['KUBERNETES_SERVICE_HOST']) return 'Kubernetes'
  const groups = readSystemFile(at('/proc/1/cgroup')) ?? ''
  return /docker|kubepods|containerd|lxc/.test(groups) ? 'a container' : null
}

/** Never throws: what cannot be read is not known. */
export async function cardFacts({ smi, env, root = '/' }: CardSources): Promise<CardFacts> {
  const at = (file: string): string => path.join(root, file)
  const read = (file: string): string => readSystemFile(at(file)) ?? ''
  const devices = names(at('/sys/bus/pci/devices')).filter(
    (name) =>
      read(`/sys/bus/pci/devices/${name}/vendor`).trim() === NVIDIA_VENDOR &&
      read(`/sys/bus/pci/devices/${name}/class`).startsWith(DISPLAY_CLASS),
  )
  const loaded = new Set(
    read('/proc/modules')
      .split('\n')
      .map((line) => line.split(' ')[0]),
  )
  const deviceFiles = names(at('/dev'))
    .filter((name) => /^nvidia(\d+|ctl|-uvm)$/.test(name))
    .map((name) => `/dev/${name}`)
  const variable = read(SECURE_BOOT)
  const isWsl = /microsoft/i.test(read('/proc/version'))
  const [answer, parts] = await Promise.all([smi.ask(), smi.migInstances()])
  return {
    onBus: devices.length,
    modules: { nvidia: loaded.has('nvidia'), uvm: loaded.has('nvidia_uvm'), nouveau: loaded.has('nouveau') },
    kernelDriver: /Kernel Module(?: for \S+)?\s+(\d+(?:\.\d+)+)/.exec(read('/proc/driver/nvidia/version'))?.[1] ?? null,
    deviceFiles,
    forbiddenFiles: deviceFiles.filter((file) => !mayOpen(at(file))),
    secureBoot: variable === '' ? null : variable.charCodeAt(variable.length - 1) === 1,
    container: containerKind(at, env),
    wsl: isWsl ? (exists(at('/dev/dxg')) ? 'with-gpu' : 'without-gpu') : 'none',
    smi: answer,
    cards: answer.devices,
    parts: parts.length,
    env,
  }
}
