// Trained parameters: the figure that every other one has to beat (White and others 2022, "A deeper look at zero-cost proxies").
import type { Proxy } from './proxy'

export const parameters: Proxy = ({ network }) => network.parameterCount
