// Multiply-accumulates of one image: with the parameters the figure that every other one has to beat (White and others 2022, "A deeper
// look at zero-cost proxies").
import { costOf } from '@shared/architecture/cost'
import type { Proxy } from './proxy'

export const multiplyAccumulates: Proxy = ({ network }) => costOf(network.graph, network.shapes).macs
