// The recipe's option `deterministic`: what decides the last bits besides the job, and where equal bits can be promised at all
// (docs/decisions/030).
import { cpus } from 'node:os'
import { AppError } from '@shared/errors'
import { runtimeVersions, type RuntimeVersions } from '../tensorflow/backend'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Everything of this process that the rounding of a step depends on; equal texts, equal bits.
 * @throws AppError `invalid-input` on a GPU whose kernels were not told to add in a fixed order
 */
export function arithmeticOf(
  environment: Environment = process.env,
  { tensorflow, device }: Pick<RuntimeVersions, 'tensorflow' | 'device'> = runtimeVersions(),
): string {
  if (device === 'gpu' && !/^(1|true)$/i.test(environment['TF_DETERMINISTIC_OPS'] ?? ''))
    throw new AppError(
      'invalid-input',
      'A deterministic training was asked for on a GPU whose kernels add in whatever order their threads end.',
      'Start the workbench with TF_DETERMINISTIC_OPS=1 in its environment, or switch the option off.',
    )
  const processor = cpus()[0]?.model ?? 'unknown processor'
  const threads = environment['TF_NUM_INTRAOP_THREADS'] ?? String(cpus().length)
  const oneDnn = environment['TF_ENABLE_ONEDNN_OPTS'] ?? 'default'
  return [tensorflow, device, processor, `threads ${threads}`, `oneDNN ${oneDnn}`].join(', ')
}
