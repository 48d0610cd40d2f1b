// The doctor: versions, devices and every check with what to do about it. Tries TensorFlow in a compute of its own process.
import { access, constants } from 'node:fs/promises'
import os from 'node:os'
import { join } from 'node:path'
import type { ComputeInfo } from '@shared/contract/compute'
import type { Dataset } from '@shared/contract/datasets'
import type { Diagnosis, DoctorReport } from '@shared/contract/runtime'
import { errorData } from '@shared/errors'
import { BUILT_FOR_ELECTRON, isStandInElectron } from '@shared/runtime/electron-build'
import { GIB, readableBytes } from '@shared/units'
import { typed } from '@node/command-line'
import { importAgain } from '../datasets/import-again'
import { freeBytes } from '@node/disk'
import { cardFacts } from '../machine/card-facts'
import { artefactCheck } from './artefact-check'
import { backupCheck, databaseCheck } from './database-check'
import { ok } from './diagnosis'
import { cardDiagnoses } from './card-diagnoses'
import { cpuDevice, devicesCheck, gpuDevice, memoryCheck } from './doctor-devices'
import { ladderCheck, smiText, tensorflowFacts, tensorflowText } from './doctor-runtimes'
import type { Services } from './services'

/** A prepared CIFAR-10, checkpoints and weights of a search of some hundred trials. */
const ENOUGH_DISK = 2 * GIB

type ComputeAnswer = { readonly info: ComputeInfo } | { readonly problem: ReturnType<typeof errorData> } | null

export async function examine(services: Services): Promise<DoctorReport> {
  const { store, appVersion } = services
  const [compute, facts, disk, datasets] = await Promise.all([
    askCompute(services),
    cardFacts({ smi: services.devices.smi, env: process.env }),
    freeBytes(store.folders.root).catch(() => null),
    services.datasets.list(),
  ])
  const info = compute !== null && 'info' in compute ? compute.info : undefined
  const gpus = facts.cards
  const tensorflow = await tensorflowFacts(services, info)
  const checks = [
    workspaceCheck(services),
    await folderCheck('cache', 'Cache folder', services.cacheFolder),
    computeCheck(compute),
    ...kernelChecks(compute),
    ...electronCheck(services),
    diskCheck(disk, store.folders.root),
    await databaseCheck(store),
    await backupCheck(store),
    await artefactCheck(services.artefacts),
    memoryCheck(services),
    devicesCheck(services),
    ...(await datasetChecks(services, datasets)),
    await proposerCheck(services.proposerFolder()),
    ...cardDiagnoses(facts, tensorflow),
    ...(await ladderCheck(services)),
  ]
  return {
    ok: checks.every(({ status }) => status !== 'error'),
    cards: { smi: smiText(facts), tensorflow: tensorflowText(tensorflow) },
    versions: {
      'GPT-NAS Workbench': appVersion,
      'Node.js': process.versions.node,
      ...(services.electron !== null && { Electron: services.electron }),
      ...(info !== undefined && { TensorFlow: info.tensorflow, 'tfjs binding': info.binding }),
      'Operating system': `${os.type()} ${os.release()} ${os.arch()}`,
      ...(gpus[0]?.driver != null && { 'NVIDIA driver': gpus[0].driver }),
    },
    devices: [cpuDevice(services), ...gpus.map(gpuDevice)],
    memory: { totalBytes: os.totalmem(), freeBytes: os.freemem() },
    disk: { path: store.folders.root, freeBytes: disk ?? 0 },
    checks,
  }
}

/** null while every compute works or starts to: a doctor neither interrupts nor waits for a training. */
async function askCompute({ pool, closing }: Services): Promise<ComputeAnswer> {
  const statuses = pool.statuses()
  const isFree = ({ state }: (typeof statuses)[number]): boolean => state === 'idle' || state === 'dead'
  if (statuses.length > 0 && !statuses.some(isFree)) return null
  try {
    return { info: await pool.run((client) => client.info(undefined, { signal: closing }), closing) }
  } catch (thrown) {
    return { problem: errorData(thrown) }
  }
}

function workspaceCheck({ store }: Services): Diagnosis {
  if (!store.readOnly) return ok('workspace', 'Workspace', store.folders.root)
  return {
    id: 'workspace',
    title: 'Workspace',
    status: 'warning',
    found: `${store.folders.root} is read-only here: held by ${store.holder ?? 'another program'}`,
    fix: 'Close the other program that uses this workspace.',
  }
}

async function folderCheck(id: string, title: string, folder: string): Promise<Diagnosis> {
  try {
    await access(folder, constants.W_OK)
    return ok(id, title, folder)
  } catch (thrown) {
    const found = thrown instanceof Error ? thrown.message : String(thrown)
    return { id, title, status: 'warning', found, fix: `Make the folder ${folder} and give yourself write permission.` }
  }
}

function computeCheck(compute: ComputeAnswer): Diagnosis {
  const title = 'TensorFlow'
  if (compute === null) return ok('tensorflow', title, 'at work at the moment')
  if ('info' in compute) return ok('tensorflow', title, `${compute.info.tensorflow} on ${compute.info.device}`)
  const { message, fix } = compute.problem
  return {
    id: 'tensorflow',
    title,
    status: 'error',
    found: message,
    fix: fix ?? 'Run "npm run setup" in a checkout, or install the application again.',
  }
}

function kernelChecks(compute: ComputeAnswer): Diagnosis[] {
  if (compute === null || !('info' in compute)) return []
  const { oneDnn, groupedConvolution, allocator, notices } = compute.info.selfCheck
  const found = `oneDNN ${oneDnn ? 'on' : 'off'}, native grouped convolution ${groupedConvolution ? 'on' : 'off'}, allocator ${allocator}`
  if (oneDnn) return [ok('kernels', 'Fast kernels', found)]
  return [
    {
      id: 'kernels',
      title: 'Fast kernels',
      status: 'warning',
      found: [found, ...notices].join('; '),
      fix: 'Training works with the slower kernels; nothing needs to be done.',
    },
  ]
}

function electronCheck({ electron }: Services): Diagnosis[] {
  if (electron === null) return []
  const title = 'Electron'
  if (!isStandInElectron(electron)) return [ok('electron', title, electron)]
  return [
    {
      id: 'electron',
      title,
      status: 'warning',
      found: `${electron}, a stand-in that set-up took from PyPI instead of ${BUILT_FOR_ELECTRON}; it gets no security updates`,
      fix: 'Good for building and testing, too old for daily use. Where the makers of Electron can be reached: npm run setup -- --electron vendor.',
    },
  ]
}

function diskCheck(bytes: number | null, folder: string): Diagnosis {
  const title = 'Disk space'
  if (bytes === null)
    return { id: 'disk', title, status: 'warning', found: 'unknown', fix: `Check the space for ${folder} yourself.` }
  const found = `${readableBytes(bytes)} free`
  if (bytes >= ENOUGH_DISK) return ok('disk', title, found)
  return {
    id: 'disk',
    title,
    status: 'warning',
    found,
    fix: `Free at least ${readableBytes(ENOUGH_DISK)} on the disk of ${folder}.`,
  }
}

/** Reads what is prepared: a data set whose bytes have changed spoils every result. */
async function datasetChecks({ datasets }: Services, listed: readonly Dataset[]): Promise<Diagnosis[]> {
  const checks: Diagnosis[] = []
  for (const dataset of listed) {
    const problem = dataset.state === 'ready' ? (await datasets.check(dataset.name)).problems[0] : undefined
    checks.push(datasetCheck(problem === undefined ? dataset : { ...dataset, state: 'damaged', problem }))
  }
  return checks
}

function datasetCheck({ name, title, state, problem, isImported }: Dataset): Diagnosis {
  const id = `dataset-${name}`
  if (state === 'ready') return ok(id, title, 'prepared, and its files are whole')
  if (state === 'damaged') {
    const again =
      isImported === true
        ? { fix: 'Import it again under Data sets.', commandLine: importAgain(name) }
        : { fix: `Fetch it again: ${typed(`dataset get ${name}`)}.` }
    return { id, title, status: 'error', found: problem ?? 'damaged', ...again }
  }
  return {
    id,
    title,
    status: 'warning',
    found: state === 'absent' ? 'not fetched yet' : state,
    fix: `Fetch it: ${typed(`dataset get ${name}`)}.`,
  }
}

async function proposerCheck(folder: string): Promise<Diagnosis> {
  try {
    await access(join(folder, 'model.json'))
    return ok('proposer', 'Proposer checkpoint', folder)
  } catch {
    return {
      id: 'proposer',
      title: 'Proposer checkpoint',
      status: 'warning',
      found: `there is none in ${folder}`,
      fix: `Train one with "${typed('proposer train')}", or search with the strategies ga and random.`,
    }
  }
}
