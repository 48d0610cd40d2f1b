// README.md of a bundle: what the files are, how they are used, what was proven and where they come from. Texts only.
import type { Proof } from '../contract/exports'
import { EXPORT_FORMATS } from './formats'
import { samplesOf, type SampleFacts } from './samples'

export interface BundleFacts extends SampleFacts {
  readonly name: string
  readonly classes: readonly string[]
  readonly proof: Proof | null
  /** Run, trial, seed, data set, versions: as lines of a table. */
  readonly provenance: Readonly<Record<string, string>>
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

function proofText(proof: Proof | null): string {
  if (proof === null) return 'Nothing was compared: nothing says that the files compute what was trained.'
  const verdict = {
    equal: 'The files compute what was trained.',
    different: 'The files do NOT compute what was trained.',
    'cannot-tell': 'Whether the files compute what was trained cannot be told.',
  }[proof.verdict]
  const scores = proof.largestLogitDifference
  return [
    `${verdict} ${proof.runtime} beside the trained network on ${proof.images} images: same prediction on ` +
      `${proof.samePredictions}, largest difference of a probability ${proof.largestDifference.toExponential(1)}` +
      `${scores === null ? '' : `, of a class score relative to the largest ${scores.toExponential(1)}`} ` +
      `(allowed ${proof.tolerance.toExponential(0)}).` +
      (proof.accuracy === null ? '' : ` Accuracy on those images: ${percent(proof.accuracy)}.`),
    ...(proof.rounding === null
      ? []
      : [
          `Numbers are stored as ${proof.rounding.storedAs}; before that the accuracy was ` +
            `${percent(proof.rounding.trainedAccuracy)}, and ${proof.rounding.samePredictions} images have the same prediction.`,
        ]),
    'All of it is in `proof.json`.',
  ].join('\n\n')
}

/** A cell of a table in Markdown. */
const cell = (text: string): string => text.replace(/\s+/g, ' ').replaceAll('|', '\\|')

export function bundleReadme(facts: BundleFacts): string {
  const { format, name, classes, proof, provenance, input } = facts
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
      `Images of ${input.join(' x ')} (height, width, channels); ${classes.length} classes, one a line in \`classes.txt\`.`,
    ...(samples.length > 0 ? ['## Use', ...samples] : []),
    '## Proof',
    proofText(proof),
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
