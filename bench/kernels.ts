// Correctness of every kernel a network can be made of, by measurement: loss and gradients against float64, and recorded
// training against eager, with oneDNN off and on, one thread and two, each in a process that may die of it.
// --quick: a part of the windows, two zoo networks. --parts=windows,kinds limits it.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { equal, runBench, type BenchOptions, type Check, type Measured } from './harness'
import type { CaseResult, Part } from './kernels/audit'
import { BOUNDS } from './kernels/bounds'

const ALL = Object.keys(BOUNDS) as Part[]
/** The zoo's reference is slow; threads change its kernels no more than they change a block's. */
const PLAIN = ALL.filter((part) => !part.includes('zoo'))

interface Setting {
  readonly name: string
  readonly oneDnn: '0' | '1'
  readonly threads: number
  readonly parts: readonly Part[]
}
const SETTINGS: readonly Setting[] = (['0', '1'] as const).flatMap((oneDnn) =>
  [1, 2].map((threads) => ({
    name: `oneDNN ${oneDnn === '1' ? 'on' : 'off'}, ${threads} thread${threads === 1 ? '' : 's'}`,
    oneDnn,
    threads,
    parts: threads === 1 ? PLAIN : ALL,
  })),
)

type Line = { readonly started: string } | (Omit<CaseResult, 'error'> & { readonly error: number | string })

interface Outcome {
  readonly results: readonly Exclude<Line, { readonly started: string }>[]
  /** What the process died of and in which case; null when it finished. */
  readonly death: string | null
}

/** As a compute is started whose self-check passed, so that grouped and dilated kernels are the native ones with oneDNN. */
const environmentOf = ({ oneDnn, threads }: Setting): Record<string, string> => ({
  TF_ENABLE_ONEDNN_OPTS: oneDnn,
  TF_NUM_INTRAOP_THREADS: String(threads),
  TF_NUM_INTEROP_THREADS: '1',
  OMP_NUM_THREADS: String(threads),
  TF_CPP_MIN_LOG_LEVEL: '2',
  GPTNAS_SELF_CHECK: JSON.stringify({
    oneDnn: oneDnn === '1',
    groupedConvolution: oneDnn === '1',
    allocator: 'bfc',
    notices: [],
  }),
})

async function auditIn(setting: Setting, parts: readonly Part[], { quick, note }: BenchOptions): Promise<Outcome> {
  const child = spawn(
    process.execPath,
    [process.argv[1]!, `--audit=${parts.join(',')}`, ...(quick ? ['--quick'] : [])],
    {
      env: { ...process.env, ...environmentOf(setting) },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const results: Outcome['results'][number][] = []
  let under = 'starting'
  const ended = new Promise<number | string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', (code, signal) => resolve(signal ?? code ?? 'no exit code'))
  })
  for await (const text of createInterface({ input: child.stdout })) {
    const line = JSON.parse(text) as Line
    if ('started' in line) under = line.started
    else results.push(line)
  }
  const end = await ended
  const death = end === 0 ? null : `${end} in ${under}`
  if (death !== null) note(`${setting.name}: died, ${death}`)
  return { results, death }
}

const isRecorded = (part: Part): boolean => part.startsWith('recorded')

function summary(part: Part, results: Outcome['results']) {
  const own = results.filter((result) => result.part === part)
  const bad = own.filter(({ error }) => typeof error === 'string' || !(error <= BOUNDS[part]))
  const worst = own.reduce<(typeof own)[number] | null>(
    (most, each) => (most !== null && Number(each.error) <= Number(most.error) ? most : each),
    null,
  )
  return {
    cases: own.length,
    recorded: isRecorded(part)
      ? {
          equalToTheBit: own.filter(({ equals }) => equals === 'eager').length,
          equalWithTheKernelsOfSessions: own.filter(({ equals }) => equals === 'eager with session kernels').length,
          notExplained: own.filter(({ equals }) => !equals).map(({ title }) => title),
        }
      : undefined,
    worst: worst && `${String(worst.error)}: ${worst.title} (${worst.detail})`,
    bad: bad.map(({ title, error, detail }) => `${title}: ${String(error)} (${detail})`),
  }
}

async function measure(options: BenchOptions): Promise<Measured> {
  const asked = process.argv
    .find((argument) => argument.startsWith('--parts='))
    ?.slice('--parts='.length)
    .split(',')
  const results: Record<string, unknown> = {}
  const checks: Check[] = []
  for (const setting of SETTINGS) {
    const parts = setting.parts.filter((part) => asked === undefined || asked.includes(part))
    if (parts.length === 0) continue
    const outcome = await auditIn(setting, parts, options)
    const byPart = Object.fromEntries(parts.map((part) => [part, summary(part, outcome.results)]))
    results[setting.name] = { ...byPart, death: outcome.death }
    for (const part of parts) {
      const { cases, bad, recorded } = byPart[part]!
      options.note(`${setting.name}, ${part}: ${cases} cases, ${bad.length} beyond ${BOUNDS[part]}`)
      checks.push(equal(`${setting.name}, ${part}: cases beyond ${BOUNDS[part]}`, bad.length, 0))
      if (recorded === undefined) continue
      const { equalToTheBit: same, equalWithTheKernelsOfSessions: exchanged, notExplained } = recorded
      options.note(
        `  ${same} equal to the bit, ${exchanged} with the kernels of sessions, ${notExplained.length} not explained`,
      )
      checks.push(equal(`${setting.name}, ${part}: differences from eager not explained`, notExplained.length, 0))
    }
    checks.push(equal(`${setting.name}: processes that died`, outcome.death === null ? 0 : 1, 0))
  }
  return { results, checks }
}

const audit = process.argv.find((argument) => argument.startsWith('--audit='))
if (audit === undefined) void runBench('Kernels against float64, recorded against eager', measure)
else {
  // Loaded here only: the parent needs no TensorFlow, and the child has its environment by now.
  const parts = audit.slice('--audit='.length).split(',') as Part[]
  void import('./kernels/audit').then(({ runAudit }) => runAudit(parts, process.argv.includes('--quick')))
}
