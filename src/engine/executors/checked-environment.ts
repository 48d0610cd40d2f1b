// The environment computes are started with: TensorFlow's fast kernels where a throw-away process has just proven them on
// this processor, its slow and safe ones otherwise. The checks themselves are the compute side's (self-check-process).
import { promises as files } from 'node:fs'
import { cpus } from 'node:os'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { selfCheckSchema, type SelfCheck } from '@shared/contract/compute'
import type { SelfCheckContract } from '@shared/contract/self-check'
import { errorData } from '@shared/errors'
import { CAUTIOUS_SELF_CHECK, environmentFor } from '@shared/runtime/compute-environment'
import { createClient } from '@shared/transport/rpc'
import type { ProcessStarter } from './process-starter'

/** Loading TensorFlow from a cold disk and a few hundred tiny kernels: seconds; a hung kernel spins for ever. */
const LIMIT_MS = 120_000

const storedSchema = z.object({ key: z.string(), selfCheck: selfCheckSchema })

export interface CheckedEnvironmentOptions {
  readonly start: ProcessStarter
  readonly cacheFolder: string
  /** Names the TensorFlow build; with the processor it decides whether a stored result still holds. */
  readonly runtime: string
  /** Intra-op threads of each compute. */
  readonly threads: number
}

export interface CheckedEnvironment {
  readonly env: Readonly<Record<string, string>>
  readonly notices: readonly string[]
  readonly selfCheck: SelfCheck
}

/** Never throws: whatever goes wrong in the check means the cautious kernels and a notice that says so. */
export async function checkedEnvironment(options: CheckedEnvironmentOptions): Promise<CheckedEnvironment> {
  const key = `${options.runtime} | ${cpus()[0]?.model ?? 'unknown processor'} | ${process.arch}`
  const file = join(options.cacheFolder, 'self-check.json')
  const selfCheck = (await stored(file, key)) ?? (await checkAndStore(options, file, key))
  return { env: environmentFor(selfCheck, options.threads), notices: selfCheck.notices, selfCheck }
}

async function stored(file: string, key: string): Promise<SelfCheck | undefined> {
  try {
    const parsed = storedSchema.parse(JSON.parse(await files.readFile(file, 'utf8')))
    return parsed.key === key ? parsed.selfCheck : undefined
  } catch {
    return undefined // not there yet, or not readable as ours: checked anew
  }
}

async function checkAndStore(options: CheckedEnvironmentOptions, file: string, key: string): Promise<SelfCheck> {
  const result = await runCheck(options)
  if (!result.isTrusted) return result.selfCheck
  const temporary = `${file}.${process.pid}.tmp`
  try {
    await files.mkdir(dirname(file), { recursive: true })
    await files.writeFile(temporary, JSON.stringify({ key, selfCheck: result.selfCheck }))
    await files.rename(temporary, file)
  } catch {
    return result.selfCheck // a full or read-only cache only means that the check runs again next time
  }
  return result.selfCheck
}

/** `isTrusted` is false where the check itself could not run, so that it is tried again at the next start. */
async function runCheck({
  start,
  threads,
}: CheckedEnvironmentOptions): Promise<{ selfCheck: SelfCheck; isTrusted: boolean }> {
  const candidate: SelfCheck = { oneDnn: true, groupedConvolution: true, allocator: 'bfc', notices: [] }
  try {
    const process = await start('self-check', environmentFor(candidate, threads))
    const client = createClient<SelfCheckContract>(process.port)
    let timer: NodeJS.Timeout | undefined
    const limit = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${LIMIT_MS / 1000} s`)), LIMIT_MS)
    })
    const died = process.exited.then((code): never => {
      throw new Error(`the check ended with code ${code ?? 'none'}`)
    })
    try {
      return { selfCheck: await Promise.race([client.run(), limit, died]), isTrusted: true }
    } finally {
      clearTimeout(timer)
      process.kill()
    }
  } catch (thrown) {
    const notice = `TensorFlow's fast kernels are off: ${errorData(thrown).message}.`
    return { selfCheck: { ...CAUTIOUS_SELF_CHECK, notices: [notice] }, isTrusted: false }
  }
}
