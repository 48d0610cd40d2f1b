// A network of ours from NNP, the format of Sony's Neural Network Libraries: a zip with the network as protobuf text and its parameters.
// Field numbers do not matter in text; names are those of nnabla.proto. Its functions are functions.ts's.
import { AppError } from '../../errors'
import { elementCount } from '../../element-count'
import { quoted } from '../../quoted'
import { importedNetwork, type ImportedNetwork } from '../imported/imported-network'
import type { KerasArray } from '../keras/keras-values'
import { importGraph } from '../onnx/import-graph'
import type { OnnxConstant, OnnxGraph } from '../onnx/read-graph'
import { dims, translated, type NnpFunction } from './functions'
import { messagesAt, parseTextFormat, textsAt, type TextMessage } from './text-format'

const refused = (reason: string): AppError =>
  new AppError('invalid-input', `This is no NNP model: ${reason}.`, 'Save it again from the program it comes from.')

function parameter(name: string, shape: readonly number[], arrays: ReadonlyMap<string, KerasArray>): OnnxConstant {
  // Statistics and scales of a channel are [1, channels, 1, 1] there.
  const isVector = shape.length === 4 && elementCount(shape) === (shape[1] ?? 0) && !name.endsWith('/W')
  const given = arrays.get(name)
  return {
    dims: isVector ? [elementCount(shape)] : shape,
    get values() {
      const count = elementCount(shape)
      return count > 65_536 ? undefined : [...(given?.values() ?? new Float32Array(0))]
    },
    numbers: () => given?.values(),
  }
}

/** The network that is run: the file may hold others, for training and for validation. */
function networkOf(root: TextMessage): { readonly network: TextMessage; readonly others: number } {
  const networks = messagesAt(root, 'network')
  const run = messagesAt(root, 'executor').flatMap((executor) => textsAt(executor, 'network_name'))
  const network = networks.find((each) => run.includes(textsAt(each, 'name')[0] ?? '')) ?? networks[0]
  if (network === undefined) throw refused('it has no network')
  return { network, others: networks.length - 1 }
}

interface Variables {
  readonly shapes: ReadonlyMap<string, readonly number[]>
  readonly constants: Map<string, OnnxConstant>
}

/** @throws AppError `invalid-input` for two of one name that differ, and for parameters without a shape */
function variablesOf(network: TextMessage, arrays: ReadonlyMap<string, KerasArray>): Variables {
  const constants = new Map<string, OnnxConstant>()
  const shapes = new Map<string, readonly number[]>()
  for (const variable of messagesAt(network, 'variable')) {
    const [title = ''] = textsAt(variable, 'name')
    const shape = dims(variable, 'shape')
    const known = shapes.get(title)
    if (known !== undefined && known.join() !== shape.join())
      throw refused(`two variables are called ${quoted(title)}, of [${known.join(', ')}] and [${shape.join(', ')}]`)
    shapes.set(title, shape)
    if (textsAt(variable, 'type')[0] !== 'Parameter') continue
    if (!shape.every((side) => Number.isSafeInteger(side) && side >= 0))
      throw refused(`its variable ${quoted(title)} has no shape`)
    constants.set(title, parameter(title, shape, arrays))
  }
  return { shapes, constants }
}

/** @throws AppError `invalid-input` for a value that two functions give */
function functionsOf(network: TextMessage): NnpFunction[] {
  const made = new Set<string>()
  return messagesAt(network, 'function').map((message): NnpFunction => {
    const [type = ''] = textsAt(message, 'type')
    const given = [...message.fields].find(([field]) => field.endsWith('_param'))?.[1][0]
    const outputs = textsAt(message, 'output')
    for (const output of outputs) {
      if (made.has(output)) throw refused(`two functions give ${quoted(output)}`)
      made.add(output)
    }
    return {
      name: textsAt(message, 'name')[0] ?? type,
      type,
      inputs: textsAt(message, 'input'),
      outputs,
      given: typeof given === 'object' ? given : { fields: new Map() },
    }
  })
}

/**
 * @param text of the .nntxt
 * @param name of the design
 * @param arrays of parameter.h5, by the names of variables
 * @throws AppError `invalid-input`, `invalid-architecture` where no network can be made of it
 */
export function designFromNnp(text: string, name: string, arrays: ReadonlyMap<string, KerasArray>): ImportedNetwork {
  const { network, others } = networkOf(parseTextFormat(text))
  const { shapes, constants } = variablesOf(network, arrays)
  const calls = functionsOf(network)
  const made = new Set(calls.flatMap(({ outputs }) => outputs))
  const read = new Set(calls.flatMap(({ inputs }) => inputs))
  const inputs = [...read].filter((value) => !made.has(value) && !constants.has(value))
  const isTaken = (value: string): boolean => made.has(value) || read.has(value) || shapes.has(value)
  const nodes = calls.flatMap((call, at) =>
    translated(call, {
      // Functions may have equal names: the place is what tells them apart.
      own: (hint) => {
        let unused = `${at}.${hint}`
        while (isTaken(unused)) unused = `${unused}'`
        return unused
      },
      give: (value, given) => void constants.set(value, given),
    }),
  )
  const graph: OnnxGraph = {
    name,
    nodes,
    constants,
    // The batch is -1 there.
    inputs: inputs.map((value) => ({ name: value, dims: shapes.get(value) ?? [] })),
    outputs: [...made].filter((value) => !read.has(value)),
    // Its softmax runs over one axis, as ONNX's does since opset 13.
    opset: 17,
    producer: 'Neural Network Libraries',
    properties: new Map(),
  }
  const found = importGraph(graph)
  const title = textsAt(network, 'name')[0] ?? ''
  const note = `The file holds ${others + 1} networks; ${quoted(title)} is read.`
  return importedNetwork(others === 0 ? found : { ...found, notes: [...found.notes, note] }, name, 'an NNP model')
}
