// What the doctor says of the machine: processor, cards, memory, and what computes use of them.
import os from 'node:os'
import type { Diagnosis, DoctorReport } from '@shared/contract/runtime'
import { GIB, readableBytes } from '@shared/units'
import { typed } from '@node/command-line'
import type { NvidiaDevice } from '../machine/nvidia-smi'
import { ok } from './diagnosis'
import type { Services } from './services'

/** One compute with TensorFlow and a small network takes about 1 GiB, as much again is left for everything else. */
const ENOUGH_MEMORY = 3 * GIB

export function memoryCheck({ devices }: Services): Diagnosis {
  const { memoryBytes } = devices.machine
  const limited = memoryBytes < os.totalmem() ? `, of which ${readableBytes(memoryBytes)} may be used` : ''
  const found = `${readableBytes(os.freemem())} free of ${readableBytes(os.totalmem())}${limited}`
  if (memoryBytes >= ENOUGH_MEMORY) return ok('memory', 'Memory', found)
  return { id: 'memory', title: 'Memory', status: 'warning', found, fix: 'Train with one compute and small batches.' }
}

/** What computes use of the machine, and where that comes from. */
export function devicesCheck({ devices }: Services): Diagnosis {
  const { slots, source, notes, staleBecause, benchmark } = devices.view()
  const [id, title] = ['computes', 'Computes']
  const threads = [...new Set(slots.map((slot) => slot.threads))].join(' or ')
  const where = [...new Set(slots.map(({ device }) => device))].join(' and ')
  const origin = {
    settings: 'as set',
    benchmark: `as measured on ${benchmark?.measuredAt.slice(0, 10) ?? ''}`,
    rule: 'by rule, not measured',
  }[source]
  const plan = `${slots.length} with ${threads} ${threads === '1' ? 'thread' : 'threads'} each on ${where}, ${origin}`
  const found = [plan, ...notes].join('. ')
  const isDoubtful = staleBecause !== null && source !== 'settings'
  const doubt = isDoubtful ? ` The benchmark does not count: ${staleBecause}` : ''
  if (notes.length === 0 && doubt === '') return ok(id, title, found)
  return {
    id,
    title,
    status: 'warning',
    found: doubt === '' ? found : `${found}.${doubt}`,
    ...(doubt !== ''
      ? { fix: 'Measure again under Runtime.', commandLine: `Or type "${typed('doctor --benchmark')}".` }
      : { fix: `Look at the settings of the devices: ${typed('devices')}, or Runtime in the window.` }),
  }
}

export function cpuDevice({ devices }: Services): DoctorReport['devices'][number] {
  const { processor, cores, coresLimitedBy } = devices.machine
  return {
    name: processor,
    kind: 'cpu',
    memoryBytes: os.totalmem(),
    detail: coresLimitedBy === null ? `${cores} cores` : `${cores} of ${os.cpus().length} cores: ${coresLimitedBy}`,
  }
}

export function gpuDevice(card: NvidiaDevice): DoctorReport['devices'][number] {
  const { index, name, memoryBytes, usedBytes, utilisation, temperature, powerWatts, clockMhz, capability } = card
  const detail = [
    `device ${index}`,
    ...(utilisation === null ? [] : [`${Math.round(100 * utilisation)} % busy`]),
    ...(usedBytes === null ? [] : [`${readableBytes(usedBytes)} used`]),
    ...(temperature === null ? [] : [`${temperature} °C`]),
    ...(powerWatts === null ? [] : [`${Math.round(powerWatts)} W`]),
    ...(clockMhz === null ? [] : [`${clockMhz} MHz`]),
    ...(capability === null ? [] : [`compute capability ${capability.toFixed(1)}`]),
  ].join(', ')
  return { name, kind: 'gpu', memoryBytes: memoryBytes ?? 0, detail }
}
