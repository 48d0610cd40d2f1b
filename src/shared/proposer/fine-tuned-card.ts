// The card of a checkpoint that was fine-tuned, as markdown: what it came of, what that was worth and where it is no good.
import type { WorkbenchFile } from './checkpoint'

type Described = Omit<WorkbenchFile, 'weights' | 'card'>

const number = (value: number | null, digits = 3): string => (value === null ? 'not known' : value.toFixed(digits))

/** In words: whether the order of held-out architectures is told better than before. */
function verdict(before: number | null, after: number | null): string {
  if (before === null || after === null)
    return 'Too few results of one kind were held out to say whether it orders them better.'
  return after > before
    ? 'It orders held-out architectures better than the checkpoint before it.'
    : '**It does not order held-out architectures better than the checkpoint before it: go on using that one.**'
}

/** @throws Error for a checkpoint that was not fine-tuned */
export function fineTunedCard({ name, fineTuned, members }: Described): string {
  if (fineTuned === undefined) throw new Error(`${name} was not fine-tuned`)
  const { from, before, after, trainedOn, heldOut, groups, seed, steps, shuffleLabels, seconds } = fineTuned
  return `# ${name}

A proposer of preset \`workbench\`, fine-tuned: the ${members} GPTs of \`${from.name}\` were trained on, with architectures that were trained and
what they came to. The strategy \`gpt-nas\` lets it pick what a search evaluates first, by its judgement of quality alone.

## Made by

\`\`\`
${fineTuned.command}
\`\`\`

Seed ${seed}, ${steps} steps of 16 labelled architectures, 4 stacks of published blocks and 4 random graphs; AdamW with rate 0.001 (linear rise,
cosine fall), decay 0.05; ${seconds} seconds of one core. The weights before have the SHA-256 \`${from.sha256.slice(0, 16)}...\`.${
    shuffleLabels ? '\n\n**A control: what was measured was dealt out anew among the architectures.**' : ''
  }

## Corpus

${fineTuned.corpus}: ${trainedOn} to learn from, ${heldOut} held out, in ${groups} ${groups === 1 ? 'group' : 'groups'} of one space, data set and
recipe each. SHA-256 of graphs and results: \`${fineTuned.corpusSha256.slice(0, 16)}...\`. Fitness is by validation; no test accuracy takes part.

## Measured on what was held out

| | before | after |
| --- | --: | --: |
| Kendall's tau with what was measured, within groups | ${number(before.tau)} | ${number(after.tau)} |
| perplexity of an operation with its connections, quality not shown | ${number(before.perplexity)} | ${number(after.perplexity)} |

${verdict(before.tau, after.tau)}

## Limits

- Of ${heldOut} held-out architectures tau is uncertain by about ${(2 / (3 * Math.sqrt(Math.max(1, heldOut)))).toFixed(2)} (its deviation where nothing is related).
- It knows what it was trained on: other data, other recipes and other spaces are guesses, and quality learned from short trainings is
  that of short trainings.
- Widths and strides are not in its language: chains that differ in nothing else are alike to it.
- Architectures of words without meaning (\`gcn\`, \`choice-a\`) it cannot read.
`
}
