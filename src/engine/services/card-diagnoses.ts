// What is wrong with the NVIDIA cards of a machine, from what the system, nvidia-smi and TensorFlow say side by side: each finding with
// its cause and the remedy. Pure; the facts are read in machine/card-facts. Sources: NVIDIA's driver README and CUDA documentation (named
// where a bound comes from), TensorFlow's own messages. Not seen on real cards here: every finding is tested with injected faults.
import type { Diagnosis } from '@shared/contract/runtime'
import type { CudaFacts } from '@shared/runtime/tensorflow-builds'
import { GIB, readableBytes } from '@shared/units'
import { typed } from '@node/command-line'
import type { CardFacts } from '../machine/card-facts'
import { finding, type Found } from './diagnosis'
import { driverDiagnoses } from './driver-diagnoses'

/** What TensorFlow says, and what it is. */
export interface TensorFlowFacts {
  /** Of the build that computes load; null for one made for processors. */
  readonly cuda: CudaFacts | null
  /** Whether the build for cards is installed, loaded or not. */
  readonly hasCardBuild: boolean
  /** Why another runtime is loaded than the chosen one; empty where it is not so. */
  readonly note: string
  /** What a compute runs on; null where none was asked. */
  readonly device: 'gpu' | 'cpu' | null
  /** What TensorFlow wrote while it looked for cards. */
  readonly log: string
  /** Why the self-check gave the card up; empty where it did not. */
  readonly fallback: string
}

/** Below it not even a context and a small network fit: a context takes 300 to 500 MB (NVIDIA's MPS guide). */
const SMALL_CARD = 2 * GIB
/** Part of a card that others hold, from which on a training will hardly find room. */
const FULL = 0.9
/** Cards slow down between 83 and 95 degrees, by model (nvidia-smi -q -d TEMPERATURE, "Slowdown Temp"). */
const HOT = 90

const toType = (words: string): string => `Type "${typed(words)}".`

/** @returns problems first; an entry that all is well where nothing was found. No card at all is no problem */
export function cardDiagnoses(facts: CardFacts, tensorflow: TensorFlowFacts): Diagnosis[] {
  // Nobody asked for a card where the build for processors was chosen: what is wrong with it stops nothing.
  const isWanted = tensorflow.cuda !== null || tensorflow.note !== ''
  const driver = driverDiagnoses(facts)
  const hasCards = facts.cards.length > 0
  if (!hasCards && driver.length === 0)
    return tensorflow.note === '' ? [] : [finding('runtime-replaced', replaced(tensorflow))]
  const found = [
    ...driver,
    ...(hasCards ? [...variableDiagnoses(facts), ...buildDiagnoses(facts, tensorflow), ...cardStates(facts)] : []),
    ...(hasCards ? capabilityDiagnoses(facts, tensorflow) : []),
    ...(tensorflow.cuda !== null ? logDiagnoses(facts, tensorflow) : []),
  ]
  const all = found.some(({ status }) => status !== 'ok') ? found : [...found, ...well(facts, tensorflow)]
  return all
    .filter(({ id }, index) => all.findIndex((other) => other.id === id) === index)
    .map((each) => (each.status === 'error' && !isWanted ? { ...each, status: 'warning' } : each))
}

const replaced = ({ note }: TensorFlowFacts): Found => ({
  title: 'Runtime',
  status: 'warning',
  found: note,
  fix: `Install it again: ${typed('runtime install cuda12')}, or Runtime in the window.`,
})

function well({ cards }: CardFacts, { device }: TensorFlowFacts): Diagnosis[] {
  if (device !== 'gpu') return []
  const several = cards.length > 1 ? `${cards.length} cards` : (cards[0]?.name ?? 'a card')
  return [finding('gpu', { title: 'Graphics card', status: 'ok', found: `TensorFlow trains on ${several}`, fix: '' })]
}

function variableDiagnoses({ env, cards }: CardFacts): Diagnosis[] {
  const visible = env['CUDA_VISIBLE_DEVICES']
  if (visible === undefined) return []
  const first = visible.split(',')[0]?.trim() ?? ''
  if (first === '' || first === '-1')
    return [
      finding('gpu-hidden', {
        title: 'CUDA_VISIBLE_DEVICES',
        status: 'warning',
        found: `CUDA_VISIBLE_DEVICES=${visible} hides every card from TensorFlow`,
        fix: 'Unset the variable where the workbench is started, unless that is what you want.',
      }),
    ]
  const isKnown = /^\d+$/.test(first)
    ? cards.some(({ index }) => index === Number(first))
    : first.startsWith('MIG-') || cards.some(({ uuid }) => (uuid ?? '').startsWith(first))
  if (isKnown) return []
  const known = cards.map(({ index, uuid }) => `${index}${uuid === null ? '' : ` (${uuid})`}`).join(', ')
  return [
    finding('gpu-unknown', {
      title: 'CUDA_VISIBLE_DEVICES',
      status: 'warning',
      found: `CUDA_VISIBLE_DEVICES=${visible.slice(0, 100)} names no card of this machine; there are ${known}`,
      fix: 'Correct the variable, or unset it.',
    }),
  ]
}

function buildDiagnoses({ cards }: CardFacts, tensorflow: TensorFlowFacts): Diagnosis[] {
  const names = [...new Set(cards.map(({ name }) => name))].join(', ')
  const { cuda, hasCardBuild, note, fallback } = tensorflow
  if (note !== '') return [finding('runtime-replaced', replaced(tensorflow))]
  if (cuda === null)
    return [
      finding('wrong-build', {
        title: 'Build of TensorFlow',
        status: 'warning',
        found: `${names}: there, but the build of TensorFlow in use is for processors`,
        ...(hasCardBuild
          ? { fix: 'Choose the build for cards under Runtime.', commandLine: toType('runtime choose cuda12') }
          : {
              fix: 'Install the build for cards under Runtime.',
              commandLine: toType('runtime install cuda12 --choose'),
            }),
      }),
    ]
  if (fallback === '') return []
  return [
    finding('gpu-given-up', {
      title: 'Self-check of the card',
      status: 'warning',
      found: fallback,
      fix: `Training goes on with the processor. Check again after a change: ${typed('runtime check')}.`,
    }),
  ]
}

function cardStates({ cards, parts }: CardFacts): Diagnosis[] {
  return cards.flatMap((card) => {
    const name = cards.length === 1 ? card.name : `${card.name} (${card.index})`
    const { memoryBytes, usedBytes, temperature, computeMode, migMode } = card
    const found: Diagnosis[] = []
    const add = (id: string, rest: Omit<Found, 'title'>): void => {
      found.push(finding(cards.length === 1 ? id : `${id}-${card.index}`, { title: name, ...rest }))
    }
    if (memoryBytes !== null && memoryBytes < SMALL_CARD)
      add('gpu-small', {
        status: 'warning',
        found: `${readableBytes(memoryBytes)} of memory: too little for more than the smallest networks`,
        fix: `Train on the processor: ${typed('runtime choose cpu')}.`,
      })
    else if (memoryBytes !== null && usedBytes !== null && usedBytes > FULL * memoryBytes)
      add('gpu-full', {
        status: 'warning',
        found: `${readableBytes(usedBytes)} of ${readableBytes(memoryBytes)} are in use`,
        fix: 'Close what else uses the card: nvidia-smi lists the programs.',
      })
    if (computeMode !== null && /prohibited/i.test(computeMode))
      add('gpu-prohibited', {
        status: 'error',
        found: 'its compute mode is Prohibited: no program may compute on it',
        fix: `As administrator: nvidia-smi -i ${card.index} -c DEFAULT.`,
      })
    if (computeMode !== null && /exclusive/i.test(computeMode))
      add('gpu-exclusive', {
        status: 'warning',
        found: `its compute mode is ${computeMode}: one compute at a time may use it`,
        fix: `Set one compute for each card, or as administrator: nvidia-smi -i ${card.index} -c DEFAULT.`,
        commandLine: toType('devices set --slots-per-gpu 1'),
      })
    if (migMode === 'enabled' && parts === 0)
      add('mig-empty', {
        status: 'error',
        found: 'it is in multi-instance mode and has no instances: nothing can use it',
        fix: `As administrator: make instances (nvidia-smi mig -cgi 0 -C), or leave the mode (nvidia-smi -i ${card.index} -mig 0).`,
      })
    if (temperature !== null && temperature >= HOT)
      add('gpu-hot', {
        status: 'warning',
        found: `${temperature} °C: it slows down to protect itself`,
        fix: 'Look at its fans and the air around it.',
      })
    return found
  })
}

/** A card runs machine code of its own major version and a minor one up to its own, or compiles the build's PTX where it is newer. */
export function codeFor(capability: number, { binaries, ptx }: CudaFacts): 'binary' | 'compiled' | 'none' {
  const major = Math.floor(capability)
  if (binaries.some((each) => Math.floor(each) === major && each <= capability)) return 'binary'
  return capability >= ptx ? 'compiled' : 'none'
}

function capabilityDiagnoses({ cards, env }: CardFacts, { cuda }: TensorFlowFacts): Diagnosis[] {
  if (cuda === null) return []
  const cache = env['CUDA_CACHE_PATH'] || '~/.nv/ComputeCache'
  const found = cards.flatMap(({ name, capability }): Diagnosis[] => {
    if (capability === null) return []
    const code = codeFor(capability, cuda)
    const version = capability.toFixed(1)
    if (code === 'none')
      return [
        finding('capability-old', {
          title: 'Compute capability',
          status: 'error',
          found: `${name} has compute capability ${version}; this build of TensorFlow needs ${Math.min(...cuda.binaries).toFixed(1)} or more`,
          fix: `Train on the processor: ${typed('runtime choose cpu')}.`,
        }),
      ]
    if (code === 'binary') return []
    const isOff = /^(1|true|yes)$/i.test(env['CUDA_CACHE_DISABLE'] ?? '')
    return [
      finding('capability-new', {
        title: 'Compute capability',
        status: isOff ? 'warning' : 'ok',
        found: `${name} has compute capability ${version}, newer than the machine code in this build: the driver compiles its kernels from PTX ${cuda.ptx.toFixed(1)} at the first start, which takes up to half an hour${isOff ? ', and CUDA_CACHE_DISABLE=1 makes it do so at every start' : `, and keeps them in ${cache}`}`,
        fix: isOff ? 'Unset CUDA_CACHE_DISABLE.' : '',
      }),
    ]
  })
  const [major] = cards
  const isMixed = new Set(cards.map(({ capability }) => capability)).size > 1
  if (major !== undefined && isMixed)
    found.push(
      finding('gpu-several', {
        title: 'Several cards',
        status: 'ok',
        found: `${cards.map(({ index, name }) => `${index}: ${name}`).join(', ')}. They differ, so trials take different times on them`,
        fix: '',
      }),
    )
  return found
}

/** TensorFlow's own words, as it writes them to its standard error. */
function logDiagnoses({ env, cards }: CardFacts, { log, device }: TensorFlowFacts): Diagnosis[] {
  if (device === 'gpu') return []
  const missing = [...log.matchAll(/Could not load dynamic library '([^']+)'/g)].map(([, name = '']) => name)
  const foreign = env['LD_LIBRARY_PATH']
  if (/Cannot dlopen (some GPU|all CUDA) libraries/.test(log) || missing.length > 0)
    return [
      finding('library-missing', {
        title: 'CUDA libraries',
        status: 'error',
        found: `TensorFlow could not load ${missing.length === 0 ? 'some of its CUDA libraries' : missing.join(', ')}${foreign ? `; LD_LIBRARY_PATH is set, which goes before the runtime's own libraries` : ''}`,
        ...(foreign
          ? { fix: 'Start the workbench without LD_LIBRARY_PATH.' }
          : {
              fix: 'Check the files of the runtime under Runtime, and install it again.',
              commandLine: `Type "${typed('runtime check cuda12 --files')}", then "${typed('runtime install cuda12')}".`,
            }),
      }),
    ]
  // cuInit's 303 is CUDA_ERROR_SHARED_OBJECT_INIT_FAILED (CUDA Driver API, CUresult); TensorFlow has no name for it.
  if (/UNKNOWN ERROR \(303\)|CUDA_ERROR_SHARED_OBJECT_INIT_FAILED|Could not find cuda drivers/i.test(log))
    return [
      finding('libcuda-missing', {
        title: 'CUDA',
        status: 'error',
        found: `the driver's library libcuda.so.1 could not be loaded (cuInit 303)${foreign ? '; LD_LIBRARY_PATH is set and may lead to another one' : ''}`,
        fix: `${foreign ? 'Start the workbench without LD_LIBRARY_PATH. If that does not help, install' : 'Install'} the driver's CUDA part (Debian: libcuda1, Ubuntu: libnvidia-compute); in a container, pass the card with NVIDIA_DRIVER_CAPABILITIES=compute,utility.`,
      }),
    ]
  if (/CUDA_ERROR_OUT_OF_MEMORY/.test(log))
    return [
      finding('gpu-no-memory', {
        title: 'Memory of the card',
        status: 'error',
        found: 'the driver had no memory left for TensorFlow (CUDA_ERROR_OUT_OF_MEMORY)',
        fix: 'Close what else uses the card, or lower the number of computes for each card.',
      }),
    ]
  if (/CUDA_ERROR_(UNKNOWN|NOT_INITIALIZED|SYSTEM_NOT_READY)/.test(log))
    return [
      finding('cuda-broken', {
        title: 'CUDA',
        status: 'error',
        found: `CUDA could not be started (${/CUDA_ERROR_\w+/.exec(log)?.[0] ?? 'unknown'}), as after a suspend or a driver update`,
        fix: 'As administrator: modprobe -r nvidia_uvm && modprobe nvidia_uvm; if that does not help, start the machine again.',
      }),
    ]
  if (/CUDA_ERROR_NO_DEVICE|no CUDA-capable device/.test(log) && cards.length > 0)
    return [
      finding('cuda-no-device', {
        title: 'CUDA',
        status: 'error',
        found: 'nvidia-smi sees a card, CUDA does not (CUDA_ERROR_NO_DEVICE)',
        fix: 'Look at CUDA_VISIBLE_DEVICES and at the rights of /dev/nvidia*; in a container, pass the card with its compute capability (NVIDIA_DRIVER_CAPABILITIES=compute,utility).',
      }),
    ]
  return []
}
