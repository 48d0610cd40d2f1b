// The environment computes are started with: TensorFlow's fast kernels where a throw-away process has just proven them on
// this processor, its slow and safe ones otherwise. The checks themselves are the compute side's (self-check-process).
import { cpus } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { selfCheckSchema, type SelfCheck } from '@shared/contract/compute'
import { errorData } from '@shared/errors'
import { CAUTIOUS_SELF_CHECK, environmentFor, type ThreadUse } from '@shared/runtime/compute-environment'
import { readJson } from '@node/json-file'
import { writeFileWhole } from '@node/whole-file'
import type { ProcessStarter } from './process-starter'
import { askInOwnProcess } from './question'

const storedSchema = z.object({ key: z.string(), selfCheck: selfCheckSchema })

export interface CheckedEnvironmentOptions {
  readonly start: ProcessStarter
  readonly cacheFolder: string
  /** Names the TensorFlow build; with the processor it decides whether a stored result still holds. */
  readonly runtime: string
  /** Processor threads of each compute. */
  readonly threads: number
  /** What they do; within ops where left out. */
  readonly use?: ThreadUse
  /** What the check and the computes run on: each kind of device has a result of its own. */
  readonly device: { readonly name: string; readonly env: Readonly<Record<string, string>> }
}

/** The processor alone, which no build for cards may leave. */
export const ON_PROCESSOR: CheckedEnvironmentOptions['device'] = { name: 'cpu', env: { CUDA_VISIBLE_DEVICES: '-1' } }

export interface CheckedEnvironment {
  readonly env: Readonly<Record<string, string>>
  readonly notices: readonly string[]
  readonly selfCheck: SelfCheck
}

/** Never throws: whatever goes wrong in the check means the cautious kernels and a notice that says so. */
export async function checkedEnvironment(options: CheckedEnvironmentOptions): Promise<CheckedEnvironment> {
  const key = `${options.runtime} | ${cpus()[0]?.model ?? 'unknown processor'} | ${process.arch}`
  const file = join(options.cacheFolder, `${['self-check', ...kindOf(options)].join('-')}.json`)
  const selfCheck = (await stored(file, key)) ?? (await checkAndStore(options, file, key))
  return {
    env: { ...environmentFor(selfCheck, options.threads, options.use), ...options.device.env },
    notices: selfCheck.notices,
    selfCheck,
  }
}

/** What a result holds for besides the build: kernels that share an op out among threads are others than those that do not. */
function kindOf({ device, threads, use = 'within-ops' }: CheckedEnvironmentOptions): string[] {
  const isShared = threads > 1 && use === 'within-ops'
  return [...(device.name === ON_PROCESSOR.name ? [] : [device.name]), ...(isShared ? ['threads'] : [])]
}

async function stored(file: string, key: string): Promise<SelfCheck | undefined> {
  try {
    const parsed = storedSchema.parse(await readJson(file))
    return parsed.key === key ? parsed.selfCheck : undefined
  } catch {
    return undefined // not there yet, or not readable as ours: checked anew
  }
}

async function checkAndStore(options: CheckedEnvironmentOptions, file: string, key: string): Promise<SelfCheck> {
  const result = await runCheck(options)
  if (!result.isTrusted) return result.selfCheck
  try {
    await writeFileWhole(file, JSON.stringify({ key, selfCheck: result.selfCheck }))
  } catch {
    return result.selfCheck // a full or read-only cache only means that the check runs again next time
  }
  return result.selfCheck
}

/** `isTrusted` is false where the check itself could not run, so that it is tried again at the next start. */
async function runCheck({
  start,
  threads,
  use,
  device,
}: CheckedEnvironmentOptions): Promise<{ selfCheck: SelfCheck; isTrusted: boolean }> {
  const candidate: SelfCheck = { oneDnn: true, groupedConvolution: true, allocator: 'bfc', notices: [] }
  try {
    const env = { ...environmentFor(candidate, threads, use), ...device.env }
    return { selfCheck: await askInOwnProcess(start, env, (client) => client.run()), isTrusted: true }
  } catch (thrown) {
    const notice = `TensorFlow's fast kernels are off: ${errorData(thrown).message}.`
    return { selfCheck: { ...CAUTIOUS_SELF_CHECK, notices: [notice] }, isTrusted: false }
  }
}
