// A design and a block of ours hold only what differs from the defaults, so a default is part of the file format: changing one
// changes what stored chains with such blocks were trained as, and makes NAS-Bench-201's new cells unlike the published ones. A new
// kind or parameter joins the list; one that is here needs a version of the document and a migration (document/migrations.ts).
import { expect, it } from 'vitest'
import { LAYER_KINDS, layerDefinition } from './index'

const defaultsOf = (kind: string): string => {
  const parameters = Object.entries(layerDefinition(kind).parameters)
  return parameters.map(([name, spec]) => `${name} ${String(spec.default)}`).join('; ')
}

it('what a design or a block leaves out never changes its meaning', () => {
  const withParameters = LAYER_KINDS.filter((kind) => Object.keys(layerDefinition(kind).parameters).length > 0)
  expect(Object.fromEntries(withParameters.map((kind) => [kind, defaultsOf(kind)]))).toMatchInlineSnapshot(`
    {
      "average-pool": "kernel 3,3; stride 2,2; padding half; ceil false; countPadding false",
      "channel-shuffle": "groups 2",
      "conv2d": "channels 64; kernel 3,3; stride 1,1; padding half; dilation 1; groups 1; bias false",
      "dense": "features 10; bias true",
      "depthwise-conv2d": "kernel 3,3; stride 1,1; padding half; dilation 1; multiplier 1; bias false",
      "dropout": "rate 0.2",
      "max-pool": "kernel 3,3; stride 2,2; padding half; ceil false",
      "split": "parts 2; part 0",
      "stochastic-depth": "rate 0.2",
    }
  `)
})
