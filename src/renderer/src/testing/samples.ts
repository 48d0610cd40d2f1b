// Runs, trials and machines for tests of the window: built by functions, so that each test says only what it is about.
import { zooDocument } from '@shared/architecture/document/zoo-document'
import type { DesignExport, Export } from '@shared/contract/exports'
import type { ImportPreview, NetworkImport } from '@shared/contract/imports'
import type { Dataset } from '@shared/contract/datasets'
import type { Devices } from '@shared/contract/devices'
import type { Runtimes } from '@shared/contract/runtimes'
import type { DoctorReport, Status } from '@shared/contract/runtime'
import { FIRST_LIGHT } from '@shared/search/samples'
import { runDefinitionSchema, type Run } from '@shared/search/run'
import type { Epoch, Trial } from '@shared/search/trial'

const BLOCKS = ['resnet-basic', 'common-conv', 'shufflenet-inverted-residual', 'resnet-bottleneck', 'common-max-pool']

export function sampleEpochs(count: number, top: number): Epoch[] {
  return Array.from({ length: count }, (_, index) => {
    const share = (index + 1) / count
    return {
      epoch: index + 1,
      learningRate: 0.1 * (1 - share / 2),
      trainLoss: 2.3 - share,
      trainAccuracy: top * share + 0.02,
      validationLoss: 2.3 - 0.9 * share,
      validationAccuracy: top * share,
      seconds: 21,
    }
  })
}

/** A finished trial; its accuracy and size vary with its number, without chance. */
export function sampleTrial(number: number, changes: Partial<Trial> = {}): Trial {
  const fitness = 0.32 + ((number * 7) % 23) / 100
  return {
    id: 100 + number,
    runId: 'run-1',
    number,
    generation: Math.floor((number - 1) / 4),
    state: 'finished',
    attempt: 1,
    genotype: {
      space: 'block-chain',
      blocks: Array.from({ length: 10 + (number % 4) }, (_, index) => ({
        block: BLOCKS[(index * 3 + number) % BLOCKS.length],
        width: index % 4 === 3 ? 2 : 1,
        stride: index % 5 === 4 ? 2 : 1,
      })),
    },
    architectureHash: `${number.toString(16).padStart(4, '0')}c0ffee${'0'.repeat(54)}`,
    origin: {
      operator: number <= 4 ? 'random' : 'offspring',
      parents: number <= 4 ? [] : [100 + number - 4, 100 + number - 3],
      crossover: number > 4,
      mutation: number % 3 === 0,
      reconstructed: [],
    },
    parameters: 180_000 + ((number * 37) % 29) * 41_000,
    macs: 9_000_000 + ((number * 11) % 17) * 1_700_000,
    fitness,
    reusedFrom: null,
    isRepeat: false,
    epochs: sampleEpochs(3, fitness),
    error: null,
    startedAt: '2026-11-24T09:00:00.000Z',
    finishedAt: '2026-11-24T09:01:10.000Z',
    seconds: 70,
    device: null,
    usage: null,
    costs: {},
    reported: null,
    queuePlace: null,
    fidelity: { rungs: [], endedEarly: null, inherited: null },
    ...changes,
  }
}

export function sampleRun(changes: Partial<Run> = {}): Run {
  return {
    id: 'run-1',
    number: 1,
    definition: runDefinitionSchema.parse(FIRST_LIGHT.definition),
    state: 'running',
    createdAt: '2026-11-24T08:59:00.000Z',
    startedAt: '2026-11-24T09:00:00.000Z',
    finishedAt: null,
    seconds: 420,
    counts: { waiting: 3, running: 2, finished: 6, failed: 1, planned: 12, repeats: 1 },
    epochs: 21,
    generation: 1,
    bestTrialId: 103,
    bestFitness: 0.53,
    reported: null,
    front: null,
    remaining: { low: 300, high: 420 },
    error: null,
    end: null,
    ...changes,
  }
}

export function sampleStatus(changes: Partial<Status> = {}): Status {
  const compute = {
    pid: 4100,
    device: 'CPU',
    cores: 0.9,
    memoryBytes: 610 * 2 ** 20,
    gpuMemoryBytes: null,
    restarts: 0,
    notice: null,
  }
  return {
    workspace: {
      path: '/home/ada/GPT-NAS workspace',
      readOnly: false,
      holder: null,
      sizeBytes: 412 * 2 ** 20,
      runs: 3,
      strayContents: 0,
    },
    computes: [
      { ...compute, slot: 0, state: 'busy' },
      {
        ...compute,
        slot: 1,
        state: 'busy',
        pid: 4101,
        restarts: 1,
        notice: 'Restarted after it was killed; trial 7 continues from epoch 2.',
      },
    ],
    cpu: 0.94,
    memory: { totalBytes: 16 * 2 ** 30, usedBytes: 6.2 * 2 ** 30 },
    gpus: [],
    temperature: 61,
    ...changes,
  }
}

/** Of a workspace that another program holds. */
export function sampleReadOnlyStatus(holder = 'another workbench'): Status {
  const status = sampleStatus()
  return { ...status, workspace: { ...status.workspace, readOnly: true, holder } }
}

export function sampleDevices(changes: Partial<Devices> = {}): Devices {
  const none = { cpuSlots: null, threadsPerSlot: null, slotsPerGpu: null, gpuMemoryShare: null }
  const slot = { device: 'AMD EPYC', threads: 1, gpuMemoryBytes: null }
  return {
    processor: 'AMD EPYC',
    cores: 2,
    coresLimitedBy: null,
    memoryBytes: 16 * 2 ** 30,
    gpus: [],
    settings: none,
    environment: none,
    slots: [slot, slot],
    source: 'rule',
    notes: [],
    benchmark: null,
    staleBecause: null,
    ...changes,
  }
}

export function sampleRuntimes(changes: Partial<Runtimes> = {}): Runtimes {
  const sizes = { version: '2.21.0', diskBytes: 0, found: '', folder: null }
  return {
    runtimes: [
      {
        ...sizes,
        id: 'cpu',
        title: 'TensorFlow for processors',
        isForCards: false,
        state: 'shipped',
        isChosen: true,
        downloadBytes: 273_829_956,
        installedBytes: 853_780_359,
      },
      {
        ...sizes,
        id: 'cuda12',
        title: 'TensorFlow for NVIDIA cards, with CUDA 12 and cuDNN 9',
        isForCards: true,
        state: 'absent',
        isChosen: false,
        downloadBytes: 3_379_086_502,
        installedBytes: 5_672_683_708,
      },
    ],
    chosenBy: 'default',
    loads: 'cpu',
    note: '',
    folder: '/home/ada/.cache/gpt-nas-workbench/runtimes',
    diskBytes: 0,
    freeBytes: 77e9,
    installing: null,
    ...changes,
  }
}

export function sampleDataset(changes: Partial<Dataset> = {}): Dataset {
  return {
    name: 'cifar-10',
    title: 'CIFAR-10',
    state: 'ready',
    classes: ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'],
    shape: [32, 32, 3],
    trainImages: 50_000,
    testImages: 10_000,
    mean: [0.4914, 0.4822, 0.4465],
    deviation: [0.247, 0.2435, 0.2616],
    sizeBytes: 184_320_000,
    downloadBytes: 170_498_071,
    licence: 'free for research, cite Krizhevsky 2009',
    problem: null,
    ...changes,
  }
}

export function sampleReport(changes: Partial<DoctorReport> = {}): DoctorReport {
  return {
    ok: false,
    versions: { 'GPT-NAS Workbench': '0.1.0', TensorFlow: '2.21.0', 'tfjs-node-gpu': '4.22.0', Node: '20.19.0' },
    cards: { smi: [], tensorflow: [] },
    devices: [
      {
        name: 'AMD EPYC 7B13',
        kind: 'cpu',
        memoryBytes: 16 * 2 ** 30,
        detail: '2 cores, AVX2, oneDNN on after its self-check',
      },
    ],
    memory: { totalBytes: 16 * 2 ** 30, freeBytes: 9.8 * 2 ** 30 },
    disk: { path: '/home/ada', freeBytes: 41 * 2 ** 30 },
    checks: [
      {
        id: 'tensorflow',
        title: 'TensorFlow',
        status: 'ok',
        found: 'libtensorflow 2.21.0 loads and multiplies correctly.',
        fix: '',
      },
      {
        id: 'gpu',
        title: 'Graphics processor',
        status: 'warning',
        found: 'No NVIDIA device was found; trainings run on the processor.',
        fix: 'Nothing is needed for small searches. For larger ones install an NVIDIA card and its driver 535 or later.',
      },
      { id: 'disk', title: 'Disk', status: 'ok', found: '41 GiB free in the workspace.', fix: '' },
    ],
    ...changes,
  }
}

/** A network of another program with one operator that is no layer here. */
export function sampleImport(changes: Partial<ImportPreview['facts']> = {}): ImportPreview {
  return {
    name: 'mobile',
    facts: {
      format: 'onnx',
      title: 'an ONNX model',
      file: '/home/ada/mobile.onnx',
      sha256: 'cd'.repeat(32),
      sizeBytes: 1000,
      producer: 'pytorch 2.14',
      input: [32, 32, 3],
      classes: 10,
      layers: 7,
      parameters: 11_000,
      problems: [{ place: '/act/LeakyRelu', operator: 'LeakyRelu', reason: 'there is no layer for this operator' }],
      notes: ['The file flattens maps with the channels outermost.'],
      missing: [],
      hasValues: true,
      mean: [0, 0, 0],
      deviation: [1, 1, 1],
      ...changes,
    },
    document: zooDocument('resnet18', { input: [32, 32, 3], classes: 10 }),
  }
}

export function sampleNetworkImport(changes: Partial<NetworkImport> = {}): NetworkImport {
  return {
    id: 3,
    name: 'mobile',
    createdAt: '2026-11-29T12:00:00Z',
    facts: sampleImport({ problems: [] }).facts,
    weightsSha256: 'ab'.repeat(32),
    ...changes,
  }
}

/** Files of a design, or what the window shows of any export. */
export function sampleDesignExport(changes: Partial<DesignExport> = {}): DesignExport {
  return {
    format: 'tfjs',
    folder: '/home/ada/exports/design',
    files: [{ name: 'model.json', sizeBytes: 2048, sha256: '' }],
    proof: null,
    ...changes,
  }
}

/** The same as it is stored of an import. */
export const sampleExport = (changes: Partial<Export> = {}): Export => ({
  ...sampleDesignExport(),
  ...{ id: 1, trialId: null, importId: 3, createdAt: '2026-11-29T12:00:00Z' },
  ...changes,
})
