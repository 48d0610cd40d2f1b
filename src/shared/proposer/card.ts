// The card of a checkpoint of preset `workbench`, as markdown: what it is, what it learned from, how good it is and is not.
import type { WorkbenchFile } from './checkpoint'
import type { TrainedGpt } from './training'

type Described = Omit<WorkbenchFile, 'weights' | 'card'>

const number = (value: number | undefined, digits = 3): string =>
  value === undefined ? '' : value.toLocaleString('en-US', { maximumFractionDigits: digits })
const percent = (value: number | undefined): string => `${((value ?? 0) * 100).toFixed(1)} %`

export function workbenchCard(
  { name, gpt, members, training, metrics }: Described,
  trained: readonly TrainedGpt[],
): string {
  const curve = trained.map(({ curve: points }) => points.at(-1))
  const last = curve
    .map(
      (point, i) =>
        `| ${i + 1} | ${number(point?.valueLoss)} | ${number(point?.languageLoss, 2)} | ${number(trained[i]?.heldOutRank)} |`,
    )
    .join('\n')
  return `# ${name}

A proposer of preset \`workbench\`: ${members} small GPTs that read an architecture of any space as a graph of operations. The strategy
\`gpt-nas\` lets them pick what a search evaluates first.

- ${gpt.blocks} blocks, ${gpt.heads} heads, width ${gpt.width}, feed-forward ${gpt.inner}; ${number(metrics['parameters'])} weights each.
- A token is an operation by its kind, kernel, expansion and weight. There are no positions: attention is biased by whether an earlier
  token is a predecessor, another ancestor, neither, itself or the quality token.
- Value heads (quality, capacity, depth) from the output's token and the mean of the others, averaged over the GPTs; language heads (next
  operation, what it reads).

## Made by

\`\`\`
${training.command}
\`\`\`

Seed ${training.seed}, ${number(training.steps)} steps of 112 graphs, AdamW with rate 0.002 (linear rise, cosine fall), decay 0.05, gradients clipped at 1;
${number(training.seconds)} seconds on one core. The arithmetic is in double precision in one order, so that the same command gives the same weights on
every machine.${training.shuffleLabels ? '\n\n**A control: the measured accuracies were dealt out anew among the cells.**' : ''}

## Corpus

| part of a batch | what | told of it |
| --- | --- | --- |
| 64 | ${number(metrics['trainedCells'])} NAS-Bench-101 cells of at most five vertices with their accuracy after four epochs (EC-NAS-Bench, MIT) | quality, capacity, depth |
| 16 | 1 to 3 successive blocks of the 36 networks of the zoo | capacity, depth; shown as of the top quality |
| 32 | random graphs of up to 8 operations | capacity, depth |

Every graph comes in a random topological order. Capacity is the logarithm of the weights that the operations carry, depth the longest way
without pooling, both by formula. A tenth of the cells (${number(metrics['heldOutCells'])}) is held out. The table's SHA-256 is
\`${training.tableSha256.slice(0, 16)}...\`; it is not part of the product. **No table of a space that a benchmark of ours searches was used**: not
NAS-Bench-201, not NAS-Bench-Graph.

## Measured

| GPT | squared error of values | nats a graph, training | rank correlation of quality, held-out cells |
| --: | --: | --: | --: |
${last}

Of the first GPT, on the held-out cells, nats an operation (connections left out, so that n-grams can be held against it). The n-grams were
fitted on the cells alone; it also learned from blocks and random graphs of 16 operations, so the second row leaves what the grammar of cells
forbids without a probability, as whenever it writes, and the third shows it the cell's fifth of quality too, which no n-gram sees. A gap is
one operation left out, both sides and all connections known: each operation in its place, in proportion to the likelihood of the whole. The
floor is the entropy of all sentences of the corpus. The corpus has every filling of every cell, so that operations say nothing of each other:
what a writer can know is where a cell ends, and, its quality shown, what good cells are made of.

| what is told | GPT | uniform | unigram | bigram | 5-gram | floor |
| --- | --: | --: | --: | --: | --: | --: |
| from the left | ${number(metrics['classLoss'])} | ${number(metrics['uniformLoss'])} | ${number(metrics['unigramLoss'])} | ${number(metrics['bigramLoss'])} | ${number(metrics['fiveGramLoss'])} | ${number(metrics['floorLoss'])} |
| the same, under the grammar | ${number(metrics['classLossAllowed'])} | | | | | |
| the same, its quality shown | ${number(metrics['classLossShown'])} | | | | | |
| a gap | ${number(metrics['gapLoss'])} | ${number(metrics['uniformGapLoss'])} | ${number(metrics['unigramGapLoss'])} | ${number(metrics['bigramGapLoss'])} | ${number(metrics['fiveGramGapLoss'])} | |
| a gap, the quality shown | ${number(metrics['gapLossShown'])} | | | | | |

A held-out cell with its connections takes ${number(metrics['bitsPerCell'], 2)} bits, its quality not shown; naming one of all
${number((metrics['trainedCells'] ?? 0) + (metrics['heldOutCells'] ?? 0))} takes ${number(metrics['leastBitsPerCell'], 2)}.

${number(metrics['samples'])} cells written under a grammar of NAS-Bench-101 (top quality, temperature 1): ${percent(metrics['validShare'])} valid, ${percent(metrics['uniqueShare'])} different from
each other, ${percent(metrics['novelShare'])} not among the cells that it was trained on.

## Limits

- What it tells of accuracy is that of four epochs. How much of what it gives a search is capacity and depth, and how early it helps, is
  measured with controls in docs/search.md.
- Words without meaning (\`gcn\`, \`choice-a\`) tell it nothing; a search over such a space begins at random.
- It was trained on graphs of up to 9 operations; whole chains of blocks were not tried. Widths and strides are not in its language.
- As a writer of cells it is no better than its n-grams say above: a cell here has three operations at most, which a
  5-gram knows by heart. What it learned of blocks and random graphs misleads it in a gap of a cell whose quality nobody tells.

## Licence

Apache-2.0, as the workbench.
`
}
