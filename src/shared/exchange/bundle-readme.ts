// README.md of a bundle: what the files are, how they are used, what was proven and where they come from. Texts only.
import type { Proof } from '../contract/exports'
import { EXPORT_FORMATS } from './formats'
import { samplesOf, type SampleFacts } from './samples'

export interface BundleFacts extends SampleFacts {
  readonly name: string
  /** `untrained`: starting weights of a seed. `design`: the files hold no weights. */
  readonly network: 'trained' | 'untrained' | 'imported' | 'design'
  /** Names; none where the network has none. */
  readonly classes: readonly string[]
  /** Null where nothing says it. */
  readonly classCount: number | null
  readonly proof: Proof | null
  /** Run, trial, seed, data set, versions: as lines of a table. */
  readonly provenance: Readonly<Record<string, string>>
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

/** Completes "the files compute ..." and "beside ...". */
const NETWORKS = {
  trained: { what: 'what was trained', beside: 'the trained network', on: 'test images' },
  untrained: {
    what: 'what the same starting weights compute',
    beside: 'the network of these starting weights',
    on: 'random images',
  },
  imported: { what: 'what the imported network computes', beside: 'the imported network', on: 'drawn inputs' },
} as const

const DESIGN_ALONE = 'The files hold no weights: there is nothing to compare.'
const NOT_TRAINED = 'The weights are starting weights of a seed: NOTHING IS TRAINED, and what the classes mean is open.'

function proofText(proof: Proof | null, network: BundleFacts['network']): string {
  if (network === 'design') return DESIGN_ALONE
  const { what, beside, on } = NETWORKS[network]
  if (proof === null) return `Nothing was compared: nothing says that the files compute ${what}.`
  const verdict = {
    equal: `The files compute ${what}.`,
    different: `The files do NOT compute ${what}.`,
    'cannot-tell': `Whether the files compute ${what} cannot be told.`,
  }[proof.verdict]
  const scores = proof.largestLogitDifference
  return [
    `${verdict} ${proof.runtime} beside ${beside} on ${proof.images} ${on}: same prediction on ` +
      `${proof.samePredictions}, largest difference of a probability ${proof.largestDifference.toExponential(1)}` +
      `${scores === null ? '' : `, of a class score relative to the largest ${scores.toExponential(1)}`} ` +
      `(allowed ${proof.tolerance.toExponential(0)}).` +
      (proof.accuracy === null ? '' : ` Accuracy on those images: ${percent(proof.accuracy)}.`),
    ...(proof.rounding === null
      ? []
      : [
          `Numbers are stored as ${proof.rounding.storedAs}; ` +
            (proof.rounding.trainedAccuracy === null
              ? ''
              : `before that the accuracy was ${percent(proof.rounding.trainedAccuracy)}, and `) +
            `${proof.rounding.samePredictions} of ${proof.images} keep their prediction.`,
        ]),
    'All of it is in `proof.json`.',
  ].join('\n\n')
}

/** A cell of a table in Markdown. */
const cell = (text: string): string => text.replace(/\s+/g, ' ').replaceAll('|', '\\|')

function sizesText({ input, classes, classCount }: BundleFacts): string {
  const names = classes.length === 0 ? '' : ', one a line in `classes.txt`'
  return [
    ...(input.length === 0 ? [] : [`Images of ${input.join(' x ')} (height, width, channels).`]),
    ...(classCount === null ? [] : [`${classCount} classes${names}.`]),
  ].join(' ')
}

export function bundleReadme(facts: BundleFacts): string {
  const { format, name, network, proof, provenance } = facts
  const samples = samplesOf(facts).map(({ title, language, install, code }) =>
    [
      `### ${title}`,
      ...(install === null ? [] : ['```sh', install, '```']),
      `\`\`\`${language}`,
      code.trimEnd(),
      '```',
    ].join('\n'),
  )
  return [
    `# ${cell(name)}`,
    `${EXPORT_FORMATS[format].title.replace(/^./, (first) => first.toUpperCase())}, written by GPT-NAS Workbench. ` +
      sizesText(facts),
    ...(network === 'untrained' ? [NOT_TRAINED] : []),
    ...(samples.length > 0 ? ['## Use', ...samples] : []),
    '## Proof',
    proofText(proof, network),
    '## Where it comes from',
    [
      '| what | |',
      '|---|---|',
      ...Object.entries(provenance).map(([key, value]) => `| ${cell(key)} | ${cell(value)} |`),
    ].join('\n'),
    'The design itself is in `metadata.json`; the workbench opens it from there.',
    '',
  ].join('\n\n')
}
