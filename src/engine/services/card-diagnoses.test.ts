// Every diagnosis of cards: a machine with that fault is made of files, a stand-in for nvidia-smi with what the real one prints, and what
// TensorFlow writes; the doctor must name the cause and a remedy, and nothing else.
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { CUDA_12 } from '@shared/runtime/tensorflow-builds'
import { cardFacts } from '../machine/card-facts'
import { nvidiaSmi } from '../machine/nvidia-smi'
import { brokenNvidiaSmi, fakeNvidiaSmi, type FakeAnswers } from '../testing/fake-nvidia-smi'
import { temporaryFolder } from '../testing/temporary-folder'
import { cardDiagnoses, codeFor, type TensorFlowFacts } from './card-diagnoses'
import { isOlder } from './driver-diagnoses'

interface Fault {
  /** Files of the machine besides those of a healthy one; null takes one away. */
  readonly files?: Readonly<Record<string, string | null>>
  /** What nvidia-smi answers, or shell lines of one that fails; null: there is none. */
  readonly smi?: FakeAnswers | string | null
  readonly env?: Readonly<Record<string, string>>
  readonly tensorflow?: Partial<TensorFlowFacts>
}

const BUS = 'sys/bus/pci/devices/0000:01:00.0'
const HEALTHY: Readonly<Record<string, string>> = {
  [`${BUS}/vendor`]: '0x10de\n',
  [`${BUS}/class`]: '0x030000\n',
  'proc/modules': 'nvidia_uvm 1 0 - Live 0x0\nnvidia 1 22 nvidia_uvm, Live 0x0\n',
  'proc/driver/nvidia/version':
    'NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.14  Thu Feb 22 01:44:30 UTC 2024\n',
  'proc/version': 'Linux version 6.1.0-18-amd64 (debian-kernel@lists.debian.org)\n',
  'dev/nvidia0': '',
  'dev/nvidiactl': '',
}
const CARD = '0, NVIDIA GeForce RTX 3080, 10240, 512, 45, 550.54.14, GPU-5d5b, 3\n'
const MORE = '0, 8.6, 61.37, 320.00, 1725, 9501, Default, [N/A]\n'
const TRAINS: TensorFlowFacts = { cuda: CUDA_12, hasCardBuild: true, note: '', device: 'gpu', log: '', fallback: '' }
const NO_DRIVER = {
  files: {
    'proc/modules': 'snd 1 0 - Live 0x0\n',
    'proc/driver/nvidia/version': null,
    'dev/nvidia0': null,
    'dev/nvidiactl': null,
  },
}
/** What nvidia-smi 550 prints, with its exit codes. */
const SAYS = {
  communicate:
    'echo "NVIDIA-SMI has failed because it couldn\'t communicate with the NVIDIA driver. Make sure that the latest NVIDIA driver is installed and running."; exit 9',
  mismatch:
    'echo "Failed to initialize NVML: Driver/library version mismatch"; echo "NVML library version: 550.67"; exit 18',
  none: 'echo "No devices were found"; exit 6',
  lost: 'echo "Unable to determine the device handle for GPU0000:01:00.0: GPU is lost.  Reboot the system to recover this GPU"; exit 15',
}
const secureBoot = (value: number): Record<string, string> => ({
  'sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c': `\u0006\u0000\u0000\u0000${String.fromCharCode(value)}`,
})
const card = (csv: string, more = MORE): { smi: FakeAnswers } => ({ smi: { devices: csv, more } })
const onProcessor = (log: string): { tensorflow: Partial<TensorFlowFacts> } => ({ tensorflow: { device: 'cpu', log } })

/** Fault, id of the one diagnosis that is no `ok`, what it must name as the cause, and as the remedy. */
const FAULTS: readonly (readonly [string, Fault, string, RegExp, RegExp])[] = [
  ['no driver', { ...NO_DRIVER, smi: null }, 'no-driver', /no driver/, /Install the NVIDIA driver/],
  [
    'nouveau in its place',
    { files: { ...NO_DRIVER.files, 'proc/modules': 'nouveau 1 0 - Live 0x0\n' }, smi: null },
    'nouveau',
    /nouveau holds the card/,
    /Install the NVIDIA driver/,
  ],
  [
    'Secure Boot without a signed module',
    { files: { ...NO_DRIVER.files, ...secureBoot(1) }, smi: SAYS.communicate },
    'secure-boot',
    /Secure Boot is on/,
    /mokutil --import/,
  ],
  [
    'a module that is not loaded, Secure Boot off',
    { files: { ...NO_DRIVER.files, ...secureBoot(0) }, smi: SAYS.communicate },
    'driver-not-loaded',
    /not in the kernel/,
    /modprobe nvidia/,
  ],
  [
    'a driver updated under the kernel',
    { smi: SAYS.mismatch },
    'driver-mismatch',
    /version mismatch/,
    /Start the machine again/,
  ],
  ['a driver that hangs', { smi: 'sleep 30' }, 'driver-silent', /did not answer/, /dmesg/],
  ['a card that fell off the bus', { smi: SAYS.lost }, 'card-lost', /fallen off the bus/, /power supply/],
  ['no card that the driver can use', { smi: SAYS.none }, 'no-devices', /finds no card/, /vfio/],
  [
    'a driver that fails otherwise',
    { smi: 'echo "Segmentation fault"; exit 139' },
    'driver-fails',
    /Segmentation fault/,
    /install the driver anew/,
  ],
  ['no nvidia-smi', { smi: null }, 'no-nvidia-smi', /550\.54\.14 is loaded/, /nvidia-utils/],
  [
    'a module without device files',
    { files: { 'dev/nvidia0': null, 'dev/nvidiactl': null }, smi: SAYS.communicate },
    'no-device-files',
    /no device files/,
    /nvidia-modprobe/,
  ],
  [
    'a container without the card',
    { files: { '.dockerenv': '', 'dev/nvidia0': null, 'dev/nvidiactl': null }, smi: null },
    'container-no-gpu',
    /container \(Docker\).*not passed on/,
    /--gpus all/,
  ],
  [
    'Linux under Windows without the card',
    {
      files: {
        ...NO_DRIVER.files,
        [`${BUS}/vendor`]: null,
        [`${BUS}/class`]: null,
        'proc/version': 'Linux version 5.15.90.1-microsoft-standard-WSL2\n',
      },
      smi: null,
    },
    'wsl-no-gpu',
    /no \/dev\/dxg/,
    /driver in Windows/,
  ],
  [
    'a driver too old',
    card(CARD.replace('550.54.14', '470.256.02')),
    'driver-old',
    /470\.256\.02 is too old.*525\.60\.13/,
    /Update the driver/,
  ],
  [
    'a missing module for CUDA',
    { files: { 'proc/modules': 'nvidia 1 22 - Live 0x0\n' } },
    'no-uvm',
    /nvidia_uvm is not loaded/,
    /modprobe nvidia_uvm/,
  ],
  [
    'the build for processors',
    { tensorflow: { cuda: null, device: 'cpu' } },
    'wrong-build',
    /for processors/,
    /runtime choose cuda12/,
  ],
  [
    'the build for processors, the other not installed',
    { tensorflow: { cuda: null, device: 'cpu', hasCardBuild: false } },
    'wrong-build',
    /RTX 3080.*for processors/,
    /runtime install cuda12 --choose/,
  ],
  [
    'a damaged runtime',
    { tensorflow: { cuda: null, device: 'cpu', note: 'The runtime cuda12 is damaged (x is missing).' } },
    'runtime-replaced',
    /damaged/,
    /runtime install cuda12/,
  ],
  [
    'a card that failed its self-check',
    { tensorflow: { device: 'cpu', fallback: 'CUDA to processor: the check ended with code 139 while it trained.' } },
    'gpu-given-up',
    /code 139/,
    /runtime check/,
  ],
  [
    'a missing library',
    onProcessor(
      "W Could not load dynamic library 'libcudnn.so.9'; dlerror: libcudnn.so.9: cannot open shared object file\nW Cannot dlopen some GPU libraries. Please make sure",
    ),
    'library-missing',
    /libcudnn\.so\.9/,
    /runtime install cuda12/,
  ],
  [
    'libraries of somebody else before its own',
    { ...onProcessor('Cannot dlopen some GPU libraries.'), env: { LD_LIBRARY_PATH: '/usr/local/cuda-11/lib64' } },
    'library-missing',
    /LD_LIBRARY_PATH is set/,
    /without LD_LIBRARY_PATH/,
  ],
  [
    'no memory at the start',
    onProcessor('failed call to cuDevicePrimaryCtxRetain: CUDA_ERROR_OUT_OF_MEMORY: out of memory'),
    'gpu-no-memory',
    /OUT_OF_MEMORY/,
    /number of computes/,
  ],
  [
    'CUDA broken by a suspend',
    onProcessor('failed call to cuInit: CUDA_ERROR_UNKNOWN: unknown error'),
    'cuda-broken',
    /CUDA_ERROR_UNKNOWN.*suspend/,
    /modprobe -r nvidia_uvm/,
  ],
  [
    'CUDA that sees no device',
    onProcessor('failed call to cuInit: CUDA_ERROR_NO_DEVICE: no CUDA-capable device is detected'),
    'cuda-no-device',
    /nvidia-smi sees a card, CUDA does not/,
    /NVIDIA_DRIVER_CAPABILITIES/,
  ],
  [
    'a card hidden by an empty variable',
    { env: { CUDA_VISIBLE_DEVICES: '' } },
    'gpu-hidden',
    /hides every card/,
    /Unset the variable/,
  ],
  [
    'a card hidden by -1',
    { env: { CUDA_VISIBLE_DEVICES: '-1' } },
    'gpu-hidden',
    /CUDA_VISIBLE_DEVICES=-1/,
    /Unset the variable/,
  ],
  [
    'a variable that names another card',
    { env: { CUDA_VISIBLE_DEVICES: 'GPU-0000' } },
    'gpu-unknown',
    /there are 0 \(GPU-5d5b\)/,
    /Correct the variable/,
  ],
  ['a full card', card(CARD.replace(' 512', ' 9990')), 'gpu-full', /are in use/, /nvidia-smi lists/],
  ['a small card', card(CARD.replace('10240', '1024')), 'gpu-small', /too little/, /runtime choose cpu/],
  [
    'a card that nobody may compute on',
    card(CARD, MORE.replace('Default', 'Prohibited')),
    'gpu-prohibited',
    /Prohibited/,
    /nvidia-smi -i 0 -c DEFAULT/,
  ],
  [
    'a card for one process',
    card(CARD, MORE.replace('Default', 'Exclusive_Process')),
    'gpu-exclusive',
    /one compute at a time/,
    /--slots-per-gpu 1/,
  ],
  [
    'multi-instance mode without instances',
    card(CARD, MORE.replace('[N/A]\n', 'Enabled\n')),
    'mig-empty',
    /no instances/,
    /mig -cgi/,
  ],
  ['a hot card', card(CARD.replace(' 45', ' 93')), 'gpu-hot', /93 °C/, /fans/],
  [
    "the driver's CUDA library not there",
    onProcessor('E cuda.cc:266] failed call to cuInit: UNKNOWN ERROR (303)'),
    'libcuda-missing',
    /libcuda\.so\.1 could not be loaded/,
    /libnvidia-compute.*NVIDIA_DRIVER_CAPABILITIES/,
  ],
  [
    'a card too old for the build',
    card(CARD, MORE.replace('8.6', '5.2')),
    'capability-old',
    /5\.2.*6\.0 or more/,
    /runtime choose cpu/,
  ],
  [
    'a card newer than the build, its cache off',
    { ...card(CARD, MORE.replace('8.6', '12.0')), env: { CUDA_CACHE_DISABLE: '1' } },
    'capability-new',
    /12\.0.*PTX 9\.0.*at every start/,
    /Unset CUDA_CACHE_DISABLE/,
  ],
]

async function diagnose({ files = {}, smi = { devices: CARD, more: MORE }, env = {}, tensorflow = {} }: Fault) {
  const root = temporaryFolder()
  for (const [name, text] of Object.entries({ ...HEALTHY, ...files })) {
    if (text === null) continue
    mkdirSync(path.join(root, path.dirname(name)), { recursive: true })
    writeFileSync(path.join(root, name), text, 'latin1')
  }
  const program =
    smi === null ? '/nowhere/nvidia-smi' : typeof smi === 'string' ? brokenNvidiaSmi(smi) : fakeNvidiaSmi(smi)
  const facts = await cardFacts({ smi: nvidiaSmi(program, 500, 500), env, root })
  return cardDiagnoses(facts, { ...TRAINS, ...tensorflow })
}

describe('the doctor of cards', () => {
  it.each(FAULTS)('names %s, its cause and the remedy', async (_what, fault, id, cause, remedy) => {
    const wrong = (await diagnose(fault)).filter(({ status }) => status !== 'ok')
    expect(wrong.map((each) => each.id)).toEqual([id])
    expect(wrong[0]?.found).toMatch(cause)
    expect(`${wrong[0]?.fix} ${wrong[0]?.commandLine ?? ''}`).toMatch(remedy)
  })

  it('warns of a fault at most where the build for processors was chosen: nothing is stopped by it', async () => {
    const tensorflow = { cuda: null, device: 'cpu' as const }
    for (const fault of [{ ...NO_DRIVER, smi: null }, { smi: SAYS.mismatch }, { smi: SAYS.lost }])
      expect(await diagnose({ ...fault, tensorflow })).toMatchObject([{ status: 'warning' }])
    expect(await diagnose({ smi: SAYS.lost })).toMatchObject([{ status: 'error' }])
    // The card was chosen and cannot be had.
    const note = 'The runtime cuda12 is damaged'
    expect((await diagnose({ smi: SAYS.lost, tensorflow: { ...tensorflow, note } }))[0]).toMatchObject({
      status: 'error',
    })
  })

  it('knows at least twenty faults', () =>
    expect(new Set(FAULTS.map(([, , id]) => id)).size).toBeGreaterThanOrEqual(20))

  it('finds a healthy card in order', async () => {
    expect(await diagnose({})).toEqual([
      {
        id: 'gpu',
        title: 'Graphics card',
        status: 'ok',
        found: 'TensorFlow trains on NVIDIA GeForce RTX 3080',
        fix: '',
      },
    ])
  })

  it('says nothing of a machine without cards', async () => {
    const files = { ...NO_DRIVER.files, [`${BUS}/vendor`]: null, [`${BUS}/class`]: null }
    expect(await diagnose({ files, smi: null, tensorflow: { device: 'cpu' } })).toEqual([])
  })

  it('explains the long first start of a card newer than the build, and names the cache', async () => {
    const found = await diagnose({ ...card(CARD, MORE.replace('8.6', '10.0')), env: { CUDA_CACHE_PATH: '/data/nv' } })
    expect(found).toMatchObject([{ id: 'capability-new', status: 'ok' }, { id: 'gpu' }])
    expect(found[0]?.found).toMatch(/compiles its kernels from PTX 9\.0 at the first start.*\/data\/nv/)
  })

  it('names each of several cards, and that they differ', async () => {
    const two = `${CARD}1, NVIDIA TITAN X, 12288, 12000, 40, 550.54.14, GPU-aaaa, 0\n`
    const found = await diagnose(card(two, `${MORE}1, 6.1, 20, 250, 139, 405, Default, [N/A]\n`))
    expect(found).toMatchObject([
      { id: 'gpu-full-1', title: 'NVIDIA TITAN X (1)', status: 'warning' },
      { id: 'gpu-several', status: 'ok' },
    ])
  })
})

describe('machine code for a card', () => {
  it.each([
    [5.2, 'none'],
    [6.1, 'binary'],
    [7.5, 'binary'],
    [8.0, 'binary'],
    [8.6, 'binary'],
    [8.9, 'binary'],
    [9.0, 'compiled'],
    [10.0, 'compiled'],
    [12.0, 'compiled'],
  ])('of capability %f is %s', (capability, code) => expect(codeFor(capability, CUDA_12)).toBe(code))
})

it.each([
  ['525.60.13', '525.60.13', false],
  ['525.60', '525.60.13', true],
  ['470.256.02', '525.60.13', true],
  ['1000.1', '525.60.13', false],
])('%s is older than %s: %s', (a, b, older) => expect(isOlder(a, b)).toBe(older))
