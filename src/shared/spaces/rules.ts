// What a person rules out or asks for in a search, beside the space: names that no proposal may have, and names that each must have
// (decision 137). A rule is a name, for any place, or PLACE=NAME with the place counted from 1.
import { AppError } from '../errors'
import { quoted } from '../quoted'
import type { Genotype, Space } from './space'

export interface SpaceRules {
  readonly bans: readonly string[]
  readonly pins: readonly string[]
}

export interface Rule {
  /** From 0; null is any place. */
  readonly position: number | null
  readonly name: string
}

/** @param text a name, or PLACE=NAME */
export function parseRule(text: string): Rule {
  const placed = /^(\d+)=(.+)$/.exec(text)
  return placed === null ? { position: null, name: text } : { position: Number(placed[1]) - 1, name: placed[2] ?? '' }
}

const ruleText = ({ position, name }: Rule): string => (position === null ? name : `${position + 1}=${name}`)

const covers = (rule: Rule, position: number, name: string): boolean =>
  rule.name === name && (rule.position === null || rule.position === position)

/** Whether a name may not stand at a place: banned there, or another one is pinned there. */
export function isBarred({ bans, pins }: ParsedRules, position: number, name: string): boolean {
  return (
    bans.some((rule) => covers(rule, position, name)) ||
    pins.some((rule) => rule.position === position && rule.name !== name)
  )
}

export interface ParsedRules {
  readonly bans: readonly Rule[]
  readonly pins: readonly Rule[]
}

/** @throws AppError `invalid-input` for a name that the space has not, a place below 1, and rules that contradict each other */
export function parseRules(space: Pick<Space, 'name' | 'names'>, rules: SpaceRules): ParsedRules {
  const names = space.names()
  const read = (texts: readonly string[]): Rule[] =>
    texts.map((text) => {
      const rule = parseRule(text)
      if (rule.position !== null && rule.position < 0)
        throw new AppError('invalid-input', `${quoted(text)} names a place below 1.`, 'Places are counted from 1.')
      if (!names.includes(rule.name))
        throw new AppError(
          'invalid-input',
          `The space ${space.name} has no ${quoted(rule.name)} to ban or pin.`,
          `It has ${names.slice(0, 40).join(', ')}${names.length > 40 ? ', ...' : ''}. Write NAME, or PLACE=NAME with places from 1.`,
        )
      return rule
    })
  const parsed = { bans: read(rules.bans), pins: read(rules.pins) }
  for (const [index, pin] of parsed.pins.entries()) {
    const other = parsed.pins
      .slice(0, index)
      .find((one) => one.position === pin.position && one.position !== null && one.name !== pin.name)
    const ban = parsed.bans.find(
      ({ name, position }) => name === pin.name && (position === null || position === pin.position),
    )
    const against = other === undefined ? ban && `the ban of ${ruleText(ban)}` : `the pin ${ruleText(other)}`
    if (against !== undefined)
      throw new AppError('invalid-input', `The pin ${ruleText(pin)} contradicts ${against}.`, 'Take one of them away.')
  }
  return parsed
}

/** What of an architecture breaks the rules; empty where nothing does. */
export function brokenRules<G extends Genotype>(space: Space<G>, { bans, pins }: ParsedRules, genotype: G): string[] {
  const names = Array.from({ length: space.positions(genotype) }, (_, position) => space.nameAt(genotype, position))
  const banned = bans.filter((rule) => names.some((name, position) => covers(rule, position, name)))
  const missing = pins.filter((rule) => !names.some((name, position) => covers(rule, position, name)))
  return [
    ...banned.map((rule) => `${ruleText(rule)} is banned`),
    ...missing.map((rule) => `${ruleText(rule)} is pinned and missing`),
  ]
}
