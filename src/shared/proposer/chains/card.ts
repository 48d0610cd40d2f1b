// The card of a checkpoint of preset `chains`, as markdown: what it is, what it learned from, how good it is and is not.
import type { ChainsFile } from './checkpoint'

const number = (value: number | undefined, digits = 2): string =>
  value === undefined ? '' : value.toLocaleString('en-US', { maximumFractionDigits: digits })

export function chainsCard(file: Omit<ChainsFile, 'weights' | 'card'>): string {
  const { name, titles, counted, rows, processes, trust, training, metrics } = file
  const datasets = Object.entries(training.datasets)
  const taught = datasets.map(([dataset, count]) => `${count} on ${dataset}`).join(', ')
  const unseen = datasets.flatMap(([dataset]) => {
    const tau = metrics[`tauUnseen ${dataset}`]
    return tau === undefined ? [] : [`| ${dataset}, learned from the others alone | ${number(tau)} | |`]
  })
  return `# ${name}

A judge of block chains: what chains that were trained on other data let expect of a chain that nobody has trained. The strategy
\`gpt-nas\` asks it for what to evaluate first, and as the mean of its surrogate for as long as results agree with it. It is no GPT.

- ${processes.length} Gaussian processes over ${titles.length} figures of a chain, ${counted} of them how often a block occurs; length scales of both
  groups and the noise by marginal likelihood over a grid, the likeliest averaged. ${rows} chains are kept, as figures.
- A figure is read as deviations among random members of the space that is searched, so that other limits, widths and positions
  mean the same; of a user's block it knows the traits (residual, pooling, kernels, weights, work), not the name.

## Made by

\`\`\`
${training.command}
\`\`\`

${number(training.seconds, 0)} seconds of one core; the same command gives the same weights on every machine.${training.shuffleLabels ? ' **A control: what was measured was dealt out anew.**' : ''}

## Corpus

Random block chains, trained briefly by this program: ${taught}. Ranks within a data set are what it learns.
SHA-256 of the table: \`${training.corpusSha256}\`. CIFAR-10 is not in it.

## Measured

Kendall's tau with what was measured of chains that it had not seen:

| ordered | this | parameters alone |
| --- | --: | --: |
| held-out halves of the corpus, mean of ten | ${number(metrics['tauHalves'])} | ${number(metrics['tauHalvesParameters'])} |
${unseen.map((line) => `${line}\n`).join('')}
Spearman's correlation on a data set that it had not seen, which is how far a search believes it at first: ${number(trust)}.
What it is worth in searches is measured in docs/search.md.

## Limits

- It knows chains after some hundred steps of training on images of 16 pixels: which begin to learn quickly. Docs/proposer.md says how
  far longer trainings keep that order.
- It says nothing of spaces that tell it fewer than half of its figures: cells, and words.

## Licence

Apache-2.0, as the workbench.
`
}
