// gpt-nas diff: what distinguishes two architectures, and what each difference costs.
import type { Command } from 'commander'
import { BUILT_IN_BLOCKS } from '@shared/architecture/blocks'
import { compareDocuments, type ComparedNode, type Comparison, type CostPair } from '@shared/architecture/compare'
import type { LayerCost } from '@shared/architecture/layer'
import { ARCHITECTURE_HELP, readArchitecture } from '../architectures'
import { runLocally, withJsonOption } from '../command'
import { count } from '../format'

const signed = (value: number): string => `${value < 0 ? '-' : '+'}${count(Math.abs(value))}`

function delta([from, to]: CostPair): string {
  if (from === undefined || to === undefined) return ''
  const parts = [
    [to.parameters - from.parameters, 'parameters'],
    [to.macs - from.macs, 'multiply-accumulates'],
  ] as const
  return parts
    .filter(([value]) => value !== 0)
    .map(([value, what]) => `${signed(value)} ${what}`)
    .join(', ')
}

const NOTHING: LayerCost = { parameters: 0, statistics: 0, macs: 0 }
const title = ({ id, name, of }: ComparedNode): string => (name === id ? `${id} (${of})` : `${name} (${id}, ${of})`)
const renamed = (from: ComparedNode, to: ComparedNode): string =>
  from.id === to.id ? title(to) : `${title(from)} -> ${to.id}`
const withCost = (text: string, cost: string): string => (cost === '' ? text : `${text}: ${cost}`)

function comparisonText(result: Comparison): string {
  const lines = [
    ...result.settings.map(({ name, from, to }) => `~ ${name}: ${from} -> ${to}`),
    ...result.removed.map(({ node, cost }) => withCost(`- ${title(node)}`, delta([cost, cost && NOTHING]))),
    ...result.added.map(({ node, cost }) => withCost(`+ ${title(node)}`, delta([cost && NOTHING, cost]))),
    ...result.changed.flatMap(({ from, to, parameters, isRewired, cost }) => [
      withCost(`~ ${renamed(from, to)}`, delta(cost)),
      ...parameters.map(
        ({ name, from: old, to: now }) => `    ${name}: ${JSON.stringify(old)} -> ${JSON.stringify(now)}`,
      ),
      ...(isRewired ? ['    reads from elsewhere'] : []),
    ]),
    ...result.affected.map(({ from, to, cost }) => withCost(`= ${renamed(from, to)}, with another input`, delta(cost))),
  ]
  const { added, removed, changed, affected, unchanged, isSameNetwork, cost } = result
  const same =
    isSameNetwork === undefined
      ? 'One of them has errors, so the networks cannot be compared.'
      : isSameNetwork
        ? 'Both compute the same network.'
        : 'They are different networks.'
  return [
    ...lines,
    `${added.length} added, ${removed.length} removed, ${changed.length} changed, ${affected.length} affected, ${unchanged} unchanged. ${same}`,
    ...(delta(cost) === '' ? [] : [`In all ${delta(cost)}.`]),
  ].join('\n')
}

const costJson = (cost: LayerCost | undefined) =>
  cost === undefined ? null : { parameters: cost.parameters, statistics: cost.statistics, macs: cost.macs }
const pairJson = ([from, to]: CostPair) => ({ from: costJson(from), to: costJson(to) })

export function diffCommand(program: Command): void {
  withJsonOption(
    program
      .command('diff <from> <to>')
      .description(`differences of two architectures, matched layer by layer (each ${ARCHITECTURE_HELP})`),
  ).action((from: string, to: string, options: { json?: boolean }) =>
    runLocally(options, async (output) => {
      const result = compareDocuments(await readArchitecture(from), await readArchitecture(to), BUILT_IN_BLOCKS)
      const whole = (entry: { node: ComparedNode; cost: LayerCost | undefined }) => ({
        ...entry,
        cost: costJson(entry.cost),
      })
      output.result(
        {
          ...result,
          added: result.added.map(whole),
          removed: result.removed.map(whole),
          changed: result.changed.map((entry) => ({ ...entry, cost: pairJson(entry.cost) })),
          affected: result.affected.map((entry) => ({ ...entry, cost: pairJson(entry.cost) })),
          isSameNetwork: result.isSameNetwork ?? null,
          cost: pairJson(result.cost),
        },
        comparisonText(result),
      )
    }),
  )
}
