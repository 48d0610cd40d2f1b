// Evaluator `proxy`: fitness is a zero-cost figure of the network at its random start; nothing is trained. It looks at images that
// train, never at those that validate or test.
import { z } from 'zod'
import { setting } from '../search/settings'
import type { EvaluatorKind } from './evaluator'
import { PROXY_IMAGES, proxyImagesSchema, proxyNameSchema } from './proxies'

const schema = setting(
  z.object({
    kind: z.literal('proxy'),
    proxy: setting(proxyNameSchema.default('synflow'), {
      description:
        'The figure: synflow (Tanaka et al. 2020), naswot (Mellor et al. 2021), jacobian and grad-norm (Abdelfattah et al. 2021), or a count.',
      isSimple: true,
    }),
    images: setting(proxyImagesSchema.default(PROXY_IMAGES), {
      description: 'Images it looks at, of those that train.',
      unit: 'images',
    }),
  }),
  { description: 'Looks at each network once at its random start; nothing is trained.' },
)
export type ProxyDefinition = z.infer<typeof schema>

export const proxyEvaluator = {
  kind: 'proxy',
  schema,
  isTraining: false,
  needsData: true,
  reading: ({ evaluator }) => ({ name: evaluator.proxy, unit: 'number' }),
  refusal: ({ name, undocumented }) =>
    undocumented === undefined
      ? null
      : {
          reason: `The architectures of space ${name} have no network to look at: ${undocumented}.`,
          fix: 'Describe what each choice builds under "blocks" of the space file (docs/spaces.md).',
        },
} satisfies EvaluatorKind<ProxyDefinition>
