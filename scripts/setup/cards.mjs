// Which build of TensorFlow set-up takes: the one for NVIDIA cards where a driver and a card answer, unless an option or an earlier choice
// says otherwise. Installing it is the application's (src/engine/runtimes), because it needs nothing but what is then built.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { cacheFolder, root } from './paths.mjs'

export const RUNTIMES = ['cpu', 'cuda12']
/** Read by the engine of the window: it installs this build in the background. */
export const INSTALL_VARIABLE = 'GPTNAS_INSTALL_RUNTIME'
/** A driver without its persistence mode starts anew for each question. */
const PATIENCE_MS = 20_000

/**
 * The cards that nvidia-smi sees; none where there is no driver, or it fails or hangs.
 * @param {string} [program]
 * @param {number} [patienceMs]
 * @returns {string[]} their names
 */
export function cardNames(program = 'nvidia-smi', patienceMs = PATIENCE_MS) {
  const { status, stdout } = spawnSync(program, ['-L'], {
    encoding: 'utf8',
    timeout: patienceMs,
    killSignal: 'SIGKILL',
  })
  if (status !== 0) return []
  return [...stdout.matchAll(/^GPU \d+: (.+?) \(UUID: /gm)].map(([, name]) => name)
}

/** The build that was chosen in the application, if any. */
function chosenBefore(cache) {
  try {
    return JSON.parse(readFileSync(path.join(cache, 'runtimes', 'chosen.json'), 'utf8')).id
  } catch {
    return undefined // nothing chosen yet
  }
}

/**
 * @param {string | undefined} option of the command line
 * @param {{ cards?: () => string[], cache?: string }} [sources] replaced in tests
 * @returns {{ install: 'cuda12' | null, isAsked: boolean, text: string }} what is still to be installed, and a sentence for people
 */
export function wantedRuntime(option, { cards = cardNames, cache = cacheFolder() } = {}) {
  const before = chosenBefore(cache)
  const isAsked = option !== undefined
  if (option === 'cpu' || (!isAsked && before !== undefined) || before === 'cuda12')
    return { install: null, isAsked, text: '' }
  const found = isAsked ? [] : cards()
  if (!isAsked && found.length === 0) return { install: null, isAsked, text: '' }
  const why = isAsked ? 'As asked' : `${[...new Set(found)].join(', ')} found`
  return {
    install: 'cuda12',
    isAsked,
    text: `${why}: TensorFlow for NVIDIA cards, with CUDA 12 and cuDNN 9 (${sizes()}).${isAsked ? '' : ' --runtime cpu leaves it out.'}\n`,
  }
}

/** As pinned for the application: the one list of both. */
function sizes() {
  const pins = readFileSync(path.join(root, 'src/shared/runtime/tensorflow-wheels.ts'), 'utf8')
  const sum = (field) =>
    pins
      .split(/\n {2}\{/)
      .filter((entry) => !entry.includes("name: 'tensorflow-cpu'"))
      .flatMap((entry) => [...entry.matchAll(new RegExp(`\\b${field}: ([\\d_]+)`, 'g'))])
      .reduce((total, [, bytes]) => total + Number(bytes.replaceAll('_', '')), 0)
  const gigabytes = (bytes) => `${(bytes / 1e9).toFixed(1)} GB`
  return `${gigabytes(sum('bytes'))} to download, ${gigabytes(sum('keptBytes'))} on the disk`
}

/**
 * Takes `--runtime ID` out of arguments, whatever else they hold.
 * @param {string[]} args
 * @returns {{ runtime: string | undefined, rest: string[] }}
 * @throws {Error} for what is no runtime
 */
export function takeRuntime(args) {
  const { tokens } = parseArgs({ args, options: { runtime: { type: 'string' } }, strict: false, tokens: true })
  const token = tokens.find(({ kind, name }) => kind === 'option' && name === 'runtime')
  if (token === undefined) return { runtime: undefined, rest: args }
  if (!RUNTIMES.includes(token.value))
    throw new Error(`--runtime ${token.value ?? ''}: ${RUNTIMES.join(' or ')} was expected.`)
  const rest =
    args.toSpliced?.(token.index, token.inlineValue ? 1 : 2) ??
    args.filter((_, at) => at !== token.index && (token.inlineValue || at !== token.index + 1))
  return { runtime: token.value, rest }
}

/**
 * Installs and chooses a build with the command line, in this terminal.
 * @param {string} id
 * @returns {boolean} whether it went well
 */
export function installRuntime(id) {
  const { status } = spawnSync(
    process.execPath,
    [path.join(root, 'scripts/gpt-nas.mjs'), 'runtime', 'install', id, '--choose'],
    {
      stdio: ['inherit', 'inherit', 'inherit'],
    },
  )
  return status === 0
}
