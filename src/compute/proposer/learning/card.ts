// The model card, written from what the training measured: nothing in it is typed in by hand but its explanations.
import { countAllCells } from '@shared/spaces/nas-bench-101/enumerate'
import type { Measurement, ModelDescription } from '../model/model-file'
import { classifierParameters } from '../model/classifier'
import { gptParameters } from '../model/gpt'
import { countParameters } from '../model/parameters'
import {
  BIGRAM_OF_CHAINS,
  BIGRAM_OF_CLASSIFIER,
  CLASSIFIER_DECAY,
  CLASSIFIER_ZOO_SHARE,
  REHEARSAL_SHARE,
  ZOO_SHARE,
  type Corpus,
} from './phases'

const number = (value: number): string => Math.round(value).toLocaleString('en-US')
const fixed = (value: number): string => value.toFixed(3)
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`

const PHASES: Readonly<Record<string, string>> = {
  cells: 'GPT after pre-training on cells',
  chains: 'GPT after fine-tuning on chains, zoo and cells',
  blocks: 'Block classifier',
}

function table(measurements: readonly Measurement[]): string {
  const names = Object.keys(measurements[0]?.baselines ?? {})
  const head = ['model', 'held out', 'networks', 'predictions', 'seen', 'loss', 'perplexity', 'top-1']
  const cells = measurements.map(({ phase, test, networks, predictions, seen, model, baselines, floor }) => [
    PHASES[phase] ?? phase,
    test,
    number(networks),
    number(predictions),
    percent(seen),
    fixed(model.loss),
    fixed(Math.exp(model.loss)),
    percent(model.accuracy),
    ...names.map((name) => fixed(baselines[name]!.loss)),
    floor === null ? '' : fixed(floor),
  ])
  const rows = [
    [...head, ...names.map((name) => `${name} loss`), 'floor'],
    ['---', '---', ...cells[0]!.slice(2).map(() => '--:')],
    ...cells,
  ]
  return rows.map((row) => `| ${row.join(' | ')} |`).join('\n')
}

const epochOf = (measurements: readonly Measurement[], phase: string): number =>
  measurements.find((one) => one.phase === phase)?.epoch ?? 0

/** What the classifier is up against beside the table's n-grams. */
function boundOfClassifier(measurements: readonly Measurement[]): string {
  const said = measurements
    .filter(({ phase }) => phase === 'blocks')
    .map(({ test, baselines }) => {
      const [alone, own] = [baselines[BIGRAM_OF_CHAINS]!, baselines[BIGRAM_OF_CLASSIFIER]!]
      return `on ${test} ${fixed(alone.loss)} and ${fixed(own.loss)}`
    })
  return said.join(', ')
}

/** Markdown. */
export function modelCard(
  model: ModelDescription,
  corpus: Pick<Corpus, 'sentenceBits' | 'cells' | 'sentences'>,
): string {
  const { name, training, metrics, measurements, gpt, classifier, corpus: parts } = model
  const row = (part: string, share: number, { train, stop = 0, heldOut, rows }: (typeof parts)[string]): string =>
    `| ${part} | ${percent(share)} | ${number(train)} | ${number(stop)} | ${number(heldOut)} | ${number(rows)} |`
  const [cells, chains, zoo] = [parts['cells']!, parts['chains']!, parts['zoo']!]
  return `# ${name}

The proposer of GPT-NAS (arXiv 2305.05351), preset \`paper\`: a GPT that reads the last ${gpt.window} layers of a network and predicts the next one, and a
classifier that says which block begins with it. A search uses it to refill blocks that it emptied; the editor, to suggest the next block.

- GPT-1 design: ${gpt.layers} decoder layers, ${gpt.heads} heads, width ${gpt.width}, feed-forward 4 x width, ${number(countParameters(gptParameters(gpt)))} parameters. The paper gives window, layers and heads; the width is ours.
- Classifier: embedding ${classifier.embedding}, one hidden layer of ${classifier.hidden}, ${classifier.blocks} blocks, ${number(countParameters(classifierParameters({ ...classifier, prior: false })))} parameters. The paper gives no sizes.
- The classifier begins at a table, P(block | layer) as counted in random chains, and its network, whose output is zero at first, adds what the window says.
- Vocabulary: ${gpt.vocabulary} tokens; one token is one layer in relative sizes, without connections.

## Made by

\`\`\`
${training.command}
\`\`\`

Seed ${training.seed}, batch ${training.batchSize}, peak rate ${training.learningRate} (linear rise, cosine fall), Adam with decoupled decay 0.01 (the classifier's ${CLASSIFIER_DECAY}), no dropout; at most ${training.cellEpochs} + ${training.chainEpochs} epochs of the GPT, ${training.classifierEpochs} of the classifier; ${number(training.seconds)} seconds in all.
An epoch draws as many windows as there are different ones, in proportion to how often they occur. A phase ends early, with its best epoch, when the loss on networks that
are neither learned from nor reported has risen four times in a row: kept are epoch ${epochOf(measurements, 'cells')} of pre-training, ${epochOf(measurements, 'chains')} of fine-tuning, ${epochOf(measurements, 'blocks')} of the classifier.

## Corpus

| part | share of fine-tuning | trained on | say when to stop | held out | different windows |
| --- | --: | --: | --: | --: | --: |
${row('NAS-Bench-101 cells', REHEARSAL_SHARE, cells)}
${row('random block chains', (1 - REHEARSAL_SHARE) * (1 - ZOO_SHARE), chains)}
${row('zoo networks', (1 - REHEARSAL_SHARE) * ZOO_SHARE, zoo)}

Pre-training draws cells alone, and fine-tuning goes on drawing some so that they are not forgotten (rehearsal; the share is that of Ibrahim et al., arXiv 2403.08763,
for what differs much). The classifier draws ${percent(CLASSIFIER_ZOO_SHARE)} of its blocks from the zoo, the others from chains.

Cells come from the exact enumeration of the space, ${number(countAllCells())} in all; chains are drawn from the block-chain space; the zoo is that of torchvision's 36 networks.
No benchmark table and no measured accuracy is used, of NAS-Bench-101 or any other. An exhaustive corpus teaches what is legal, not what is good: what this
model knows of good networks it has from the zoo alone.

Held out is what a hash of the network's own sentence says, so equal networks never lie on both sides. Windows are short and networks share them: "seen" is the share
of held-out predictions whose window and next layer also occur in a training network. Held-out zoo networks have siblings of the same family in training.

## Measured

Losses in nats a prediction, on held-out networks, baselines fitted on everything that is not held out and scored in the same run. For the classifier the bigram sees the predicted layer only.
"floor" is the entropy of the next layer given the window over the held-out cells themselves.

${table(measurements)}

The classifier's n-grams count the zoo as much as the chains, as on every card. A bigram of random chains alone, and one of chains and zoo in the classifier's own shares,
have ${boundOfClassifier(measurements)}. In random chains the layer says all that can be said, so the first is a bound there; and windows that repeat a block occur in both, so
that whoever tells the zoo's blocks by them pays for it on chains.

**Bits per cell.** ${metrics['bitsPerCell']!.toFixed(2)} on held-out cells, after pre-training. Naming one of ${number(countAllCells())} cells takes log2 = ${Math.log2(countAllCells()).toFixed(2)} bits; a sentence leaves out the connections, so the
${number(corpus.cells)} cells of this corpus make ${number(corpus.sentences)} different sentences, and no model of sentences needs less than their entropy of ${corpus.sentenceBits.toFixed(2)} bits. The rest is the window: a model that sees ten layers does not know all that came before.

## Limits

- It was trained on random chains and 36 published networks: its proposals are plausible, not proven better than random ones. The workbench's controls (no proposer, random replacement) are there to find out.
- Connections are not in its language (as in the paper's), and it sees ten layers, so not where in the network it is.
- Blocks of the user have no class: they are scored by the mean likelihood of their layers until the classifier is trained on them.
- Trained for 32 x 32 inputs (chains) and 224 x 224 (zoo); tokens are relative, other sizes were not measured.

## Licence

Apache-2.0, as the workbench. The architectures of the zoo are facts of published papers; no weights of theirs are used.
`
}
