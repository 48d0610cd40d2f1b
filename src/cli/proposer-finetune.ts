// gpt-nas proposer finetune, list, use: the proposers that searches of a workspace can ask. What happens is engine/fine-tuning's.
import { fineTuneRequestSchema, type NamedCheckpointInfo } from '@shared/contract/proposer'
import { AppError } from '@shared/errors'
import { firstIssue } from '@shared/first-issue'
import type { FineTunedFrom } from '@shared/proposer/fine-tuned'
import { typed } from '@node/command-line'
import type { CommandContext, CommonOptions } from './command'
import { bar, count, percent, table } from './format'
import { list } from './option-values'
import { EXIT } from './output'

export interface FineTuneOptions extends CommonOptions {
  readonly base?: string
  readonly runs?: string
  readonly seed?: string
  readonly steps?: string
  readonly shuffleLabels?: boolean
  readonly use?: boolean
}

const number = (value: number | null): string => (value === null ? 'not known' : value.toFixed(3))

/** What it was worth on what was held out, and what to make of that. */
export function fineTuneText(name: string, { trainedOn, heldOut, before, after }: FineTunedFrom): string {
  const rows = [
    ["Kendall's tau with the fitness", number(before.tau), number(after.tau)],
    ['Perplexity of an operation', number(before.perplexity), number(after.perplexity)],
  ]
  const isBetter = before.tau !== null && after.tau !== null && after.tau > before.tau
  return [
    `${name} learned from ${count(trainedOn)} architectures. On ${count(heldOut)} that it never saw:`,
    table(['', '>Before', '>After'], rows),
    isBetter
      ? `It orders them better. Searches ask it once you type "${typed(`proposer use ${name}`)}".`
      : 'It does not order them better: what is in use stays the better choice.',
  ].join('\n')
}

/** @throws AppError `invalid-input` naming the option */
export function fineTuneRequest(name: string, options: FineTuneOptions) {
  const parsed = fineTuneRequestSchema.safeParse({
    name,
    ...(options.base !== undefined && { base: options.base }),
    ...(options.runs !== undefined && { runs: list(options.runs).map(Number) }),
    ...(options.seed !== undefined && { seed: Number(options.seed) }),
    ...(options.steps !== undefined && { steps: Number(options.steps) }),
    shuffleLabels: options.shuffleLabels === true,
  })
  if (parsed.success) return parsed.data
  throw new AppError(
    'invalid-input',
    `The fine-tuning cannot begin: ${firstIssue(parsed.error, 'the settings')}.`,
    'Names are lower-case letters, digits and hyphens; runs are numbers between commas.',
  )
}

export async function fineTuneProposer(
  { client, output }: CommandContext,
  name: string,
  options: FineTuneOptions,
): Promise<number> {
  const request = fineTuneRequest(name, options)
  const stop = new AbortController()
  const interrupt = (): void => stop.abort()
  process.once('SIGINT', interrupt)
  try {
    for await (const event of await client.proposer.fineTune(request, { signal: stop.signal })) {
      if (event.type === 'note') output.note(event.message)
      else if (event.type === 'progress')
        output.live([`${bar(event.share)} ${percent(event.share)}  squared error ${event.loss.toFixed(3)}`])
      else {
        if (options.use === true) await client.proposer.use({ name })
        output.result({ ...event, isInUse: options.use === true }, fineTuneText(name, event.report))
      }
    }
  } catch (thrown) {
    if (!stop.signal.aborted) throw thrown
    output.note('Stopped. Nothing was written.')
    return EXIT.interrupted
  } finally {
    process.off('SIGINT', interrupt)
  }
  return EXIT.ok
}

const rowOf = ({ name, isInUse, isShipped, report }: NamedCheckpointInfo): string[] => [
  isInUse ? '*' : '',
  name,
  isShipped ? 'the product' : 'this workspace',
  report?.from.name ?? '',
  report === null ? '' : count(report.trainedOn),
  report === null ? '' : number(report.before.tau),
  report === null ? '' : number(report.after.tau),
]

export async function listProposers({ client, output }: CommandContext): Promise<void> {
  const known = await client.proposer.checkpoints()
  output.result(
    known,
    table(['', 'Name', 'From', 'Made of', '>Learned from', '>Tau before', '>after'], known.map(rowOf)),
  )
}

export async function useProposer({ client, output }: CommandContext, name: string): Promise<void> {
  const used = await client.proposer.use({ name })
  output.result(used, `New searches of the strategy gpt-nas ask ${name}; those that were made before keep theirs.`)
}
