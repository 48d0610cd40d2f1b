// A network as readable PyTorch: a class a block, and the network that puts them together. How a layer is written is layers.ts's, how
// a network is taken apart python-source/compose.ts's, the fixed parts of the file are template.ts's.
import type { Network } from '../../networks/network'
import { pythonSource as compose, type PythonSource } from '../python-source/compose'
import { indented, type Dialect } from '../python-source/dialect'
import { classNameOf } from '../python-source/names'
import { pythonLayer } from './layers'

/** What nn.Module and the file have as names of their own. */
const TAKEN = (
  'self torch nn F forward super training normalise type float double half bfloat16 cpu cuda to eval train apply modules children ' +
  'parameters buffers state_dict zero_grad share_memory'
).split(' ')

const PYTORCH: Dialect = {
  taken: TAKEN,
  separator: '.',
  blockSeparator: '.',
  layer: pythonLayer,
  self: (variable) => variable,
  blockName: classNameOf,
  networkName: 'Network',
  block: (variable, block, inputs) => ({ module: `${block}()`, call: `self.${variable}(${inputs.join(', ')})` }),
  partText({ name, title, modules, inputs, body }) {
    const about =
      title === null ? 'Normalised images [batch, channels, height, width] to class scores.' : `The block ${title}.`
    return [
      `class ${name}(nn.Module):`,
      ...indented([`"""${about}"""`, '', 'def __init__(self):'], 1),
      ...indented(['super().__init__()', ...modules.map((module) => `self.${module.name} = ${module.text}`)], 2),
      '',
      ...indented([`def forward(self, ${inputs.join(', ')}):`], 1),
      ...indented(body, 2),
    ].join('\n')
  },
}

/** @returns the classes as text, the last one `Network`; weights are named as in its `state_dict` */
export const pyTorchSource = (network: Network, document: unknown): PythonSource => compose(network, document, PYTORCH)
