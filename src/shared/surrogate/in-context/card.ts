// The card of a checkpoint of preset `in-context`, as markdown: what it is, what it learned from, how good it is and is not.
import type { InContextFile } from './checkpoint'
import { REPORTED_CONTEXTS } from './report'

const number = (value: number | undefined, digits = 3): string =>
  value === undefined ? '' : value.toLocaleString('en-US', { maximumFractionDigits: digits })

export function inContextCard({ name, model, training, metrics }: Omit<InContextFile, 'weights' | 'card'>): string {
  const row = (known: number): string =>
    `| ${[known, ...['loss', 'processLoss', 'error', 'processError'].map((figure) => number(metrics[`${figure}${known}`]))].join(' | ')} |`
  return `# ${name}

A learner of preset \`in-context\`: a transformer of ${number(metrics['parameters'])} weights that reads evaluated architectures as its context
and says mean and deviation of others in one pass. The strategy \`gpt-nas\` asks it beside its Gaussian process.

- ${model.blocks} blocks, ${model.heads} heads, width ${model.width}, feed-forward ${model.inner}. It never sees what an architecture is: attention is biased by how
  far two are apart in choices and in descriptors; a row is the rank of its fitness, where it lies (10 principal coordinates) and
  what five fixed Gaussian processes say of it.
- It says its own mean added to a mixture of the processes' means, and a deviation.

## Made by

\`\`\`
${training.command}
\`\`\`

Seed ${training.seed}, ${number(training.steps)} steps of 8 landscapes with 40 questions each and 6 to 110 known architectures, AdamW with rate 0.003 (linear rise,
cosine fall), decay 0.01, gradients clipped at 1; ${number(training.seconds)} seconds of one core. The arithmetic is in double precision in one
order, so that the same command gives the same weights on every machine.

## Corpus

Invented landscapes over ${number(metrics['terrains'])} invented spaces: cells with operations on their edges, rows of choices, operations with their wiring in
a word, chains of blocks; words with and without meaning. A landscape is a random share of a function smooth in the choices, one
smooth in the descriptors, a random network of the descriptors, and sums and products that saturate, with noise of 2 to 60 % of its
deviation, in three of ten under a ceiling. Half of the contexts are drawn as a search's, the better the likelier. **No measured
architecture was read**, and the words of NAS-Bench-201 never are a space of the corpus.

## Measured

On landscapes that were not trained on, over the same spaces. Loss is the mean negative log density without its constant, in
quantiles of rank; error is squared error over the answers' variance. Of the processes, the best at each size.

| known | loss | best process | error | best process |
| --: | --: | --: | --: | --: |
${REPORTED_CONTEXTS.map(row).join('\n')}

What it is worth in a search is measured in docs/search.md.

## Limits

- Contexts of more than 110 architectures are longer than any that it was trained on.
- It was trained on ranks: it knows nothing of how much better one architecture is than another, and nothing of failures.

## Licence

Apache-2.0, as the workbench.
`
}
