// Block chains that were trained briefly, as rows of a CSV file: the corpus that teaches what accuracy a chain may come to
// (resources/corpora/chains-1, docs/proposer.md). What is trained is corpus-plan.ts's, by whom the command `proposer corpus`.
import { z } from 'zod'
import { readCsv } from '../../csv'
import { AppError } from '../../errors'
import { chainGenotype, parseChainGenotype, type ChainGenotype } from '../../spaces/block-chain/genotype'

/** Why a chain was trained: drawn anew; with another seed; on another data set; with more images and epochs. */
export const CORPUS_PARTS = ['drawn', 'repeated', 'shared', 'longer'] as const
export type CorpusPart = (typeof CORPUS_PARTS)[number]

export interface TrainedChain {
  readonly dataset: string
  readonly part: CorpusPart
  /** Of its training; a chain of another seed is another measurement of the same. */
  readonly seed: number
  readonly genotype: ChainGenotype
  readonly parameters: number
  /** Of one image. */
  readonly macs: number
  /** The best validation accuracy of its epochs, a fraction. */
  readonly accuracy: number
  /** Validation accuracy after each epoch, fractions. */
  readonly curve: readonly number[]
}

const TITLES = ['dataset', 'part', 'seed', 'parameters', 'macs', 'accuracy', 'curve', 'chain'] as const

const rowSchema = z.object({
  dataset: z.string().min(1),
  part: z.enum(CORPUS_PARTS),
  seed: z.coerce.number().int(),
  parameters: z.coerce.number().int().positive(),
  macs: z.coerce.number().int().positive(),
  accuracy: z.coerce.number().min(0).max(1),
  curve: z.array(z.coerce.number().min(0).max(1)).min(1),
})

/** A gene as `resnet-basic`, with `*2` or `*0.5` where its width changes and `/2` where it halves the map. */
const geneText = ({ block, width, stride }: ChainGenotype['blocks'][number]): string =>
  `${block}${width === 1 ? '' : `*${width}`}${stride === 1 ? '' : `/${stride}`}`

const GENE = /^(?<block>[^*/ ]+)(?:\*(?<width>[\d.]+))?(?:\/(?<stride>\d))?$/

/** Blocks one after the other, between blanks: what `chainOfText` reads. */
export const chainText = ({ blocks }: ChainGenotype): string => blocks.map(geneText).join(' ')

/** @throws AppError `invalid-architecture` */
export function chainOfText(text: string): ChainGenotype {
  const blocks = text.split(' ').map((gene) => {
    const { block, width = '1', stride = '1' } = GENE.exec(gene)?.groups ?? {}
    return { block, width: Number(width), stride: Number(stride) }
  })
  return chainGenotype(parseChainGenotype({ space: 'block-chain', blocks }).blocks)
}

/** Four decimals of an accuracy say more than any number of validation images here. */
const share = (value: number): string => String(Number(value.toFixed(4)))

export function corpusText(rows: readonly TrainedChain[]): string {
  const lines = rows.map((row) =>
    [
      ...[row.dataset, row.part, row.seed, row.parameters, row.macs, share(row.accuracy)],
      row.curve.map(share).join(' '),
      chainText(row.genotype),
    ].join(','),
  )
  return `${[TITLES.join(','), ...lines].join('\n')}\n`
}

/** @throws AppError `invalid-input` for a table of other columns, or naming the row that is none */
export function readCorpus(text: string): TrainedChain[] {
  const { titles, rows, broken } = readCsv(text)
  if (broken !== null || titles.join() !== TITLES.join())
    throw new AppError(
      'invalid-input',
      broken === null
        ? `The corpus of trained chains should have the columns ${TITLES.join(', ')}; it has ${titles.slice(0, TITLES.length).join(', ')}.`
        : `Row ${broken.row} of the corpus: ${broken.message}.`,
      'Name a file that "proposer corpus" has written.',
    )
  return rows.map(({ cells, row }) => {
    const named = Object.fromEntries(TITLES.map((title, i) => [title, cells[i] ?? '']))
    const parsed = rowSchema.safeParse({ ...named, curve: named['curve']?.split(' ') })
    if (!parsed.success) {
      const [issue] = parsed.error.issues
      throw new AppError('invalid-input', `Row ${row} of the corpus, ${issue?.path.join('.')}: ${issue?.message}.`)
    }
    return { ...parsed.data, genotype: chainOfText(named['chain'] ?? '') }
  })
}
