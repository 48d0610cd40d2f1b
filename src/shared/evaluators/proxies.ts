// Zero-cost figures: what a network at its random start says of how well it may train, without a training. Here their names, for
// definitions; how each is worked out, with its source, is src/compute/proxies'. Higher is taken as better of all of them.
import { z } from 'zod'

export const PROXY_NAMES = ['synflow', 'naswot', 'jacobian', 'grad-norm', 'parameters', 'multiply-accumulates'] as const
export const proxyNameSchema = z.enum(PROXY_NAMES)
export type ProxyName = z.infer<typeof proxyNameSchema>

/** Images that a figure looks at: Abdelfattah and others 2021 take one batch of 64. More than the largest make matrices that take minutes. */
export const proxyImagesSchema = z.number().int().min(2).max(512)
export const PROXY_IMAGES = 64
