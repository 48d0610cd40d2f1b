// A network as readable Keras 3: a function a block, and the network that calls them. How a layer is written is layers.ts's, how a
// network is taken apart python-source/compose.ts's, the fixed parts of the file are template.ts's.
import type { Network } from '../../networks/network'
import { pythonSource, type PythonSource } from '../python-source/compose'
import { indented, type Dialect } from '../python-source/dialect'
import { functionNameOf } from '../python-source/names'
import { kerasLayer } from './layers'

/** What the file has as names of its own. */
const TAKEN =
  'name keras layers ops np json struct Path network build load padded_average padded_for_max channel_shuffle StochasticDepth'.split(
    ' ',
  )

const KERAS: Dialect = {
  taken: TAKEN,
  separator: '/',
  blockSeparator: '__',
  layer: kerasLayer,
  // Keras takes no slash in a name, and with PyTorch behind it no dot; no other name has two underscores.
  self: (variable, isInBlock) => (isInBlock ? `f"{name}__${variable}"` : `"${variable}"`),
  blockName: functionNameOf,
  networkName: 'network',
  block: (variable, block, inputs) => ({
    module: null,
    call: `${block}(${[...inputs, `name="${variable}"`].join(', ')})`,
  }),
  partText({ name, title, inputs, body }) {
    const about =
      title === null ? 'Normalised images [batch, height, width, channels] to class scores.' : `The block ${title}.`
    const parameters = [...inputs, ...(title === null ? [] : ['name'])].join(', ')
    return [`def ${name}(${parameters}):`, ...indented([`"""${about}"""`, ...body], 1)].join('\n')
  },
}

/** @returns the functions as text, the last one `network`; weights are named `layer/parameter` */
export const kerasSource = (network: Network, document: unknown): PythonSource => pythonSource(network, document, KERAS)
