// How an export is used, as code that runs: for Node, the browser and Python, where a format has one of them. Texts only; tests run
// what can be run here.
import type { ExportFormat, ExportOptions } from './formats'

export interface Sample {
  /** "Node", "Browser", "Python": a heading. */
  readonly title: string
  readonly language: 'js' | 'html' | 'python' | 'sh'
  /** What must be installed, as a command; none where nothing must. */
  readonly install: string | null
  readonly code: string
}

export interface SampleFacts {
  readonly format: ExportFormat
  readonly options: ExportOptions
  /** `[height, width, channels]`. */
  readonly input: readonly number[]
}

const TFJS_IN_NODE = `import { readFile } from 'node:fs/promises'
import * as tf from '@tensorflow/tfjs'

// Plain tfjs reads no files by itself.
const model = JSON.parse(await readFile('model.json', 'utf8'))
const parts = await Promise.all(model.weightsManifest.flatMap(({ paths }) => paths).map((path) => readFile(path)))
const weightData = new Uint8Array(Buffer.concat(parts)).buffer
const weightSpecs = model.weightsManifest.flatMap(({ weights }) => weights)
`

const node = (code: string, install: string): Sample => ({ title: 'Node', language: 'js', install, code })
const browser = (code: string): Sample => ({ title: 'Browser', language: 'html', install: null, code })
const python = (code: string, install: string): Sample => ({ title: 'Python', language: 'python', install, code })

const page = (scripts: string, code: string): string => `<!-- Serve this folder, for instance with: npx serve -->
<canvas id="image"></canvas><output id="result"></output>
${scripts}
<script type="module">
${code}
</script>`

const TFJS_SCRIPT = '<script src="https://cdn.jsdelivr.net/npm/@tensorflow/tfjs@4.22.0/dist/tf.min.js"></script>'

function tfjs({ input }: SampleFacts, isGraph: boolean): Sample[] {
  const shape = JSON.stringify(input)
  const batch = JSON.stringify([1, ...input])
  const load = isGraph ? 'loadGraphModel' : 'loadLayersModel'
  const signature = isGraph ? ', signature: model.signature' : ''
  const ask = isGraph ? "execute(pixels, 'probabilities')" : 'predict(pixels)'
  return [
    node(
      `${TFJS_IN_NODE}const network = await tf.${load}(
  tf.io.fromMemory({ modelTopology: model.modelTopology, weightSpecs, weightData${signature} }),
)
const pixels = tf.zeros(${batch}) // raw pixels ${shape}, 0 to 255
const probabilities = await network.${ask}.data()
console.log(probabilities)
`,
      'npm install @tensorflow/tfjs@4.22.0',
    ),
    browser(
      page(
        TFJS_SCRIPT,
        // Without a slash tfjs looks for the weights at the root of the server.
        `const network = await tf.${load}('./model.json')
const { classes } = await (await fetch('metadata.json')).json()
const [height, width, channels] = ${shape}
const pixels = tf.tidy(() =>
  tf.image
    .resizeBilinear(tf.browser.fromPixels(document.getElementById('image'), channels), [height, width])
    .toFloat()
    .expandDims(0), // raw pixels, 0 to 255
)
const probabilities = await network.${ask}.data()
const best = probabilities.indexOf(Math.max(...probabilities))
document.getElementById('result').textContent = classes?.[best] ?? best`,
      ),
    ),
  ]
}

function onnx({ input, options }: SampleFacts): Sample[] {
  const [height = 1, width = 1, channels = 1] = input
  const isLast = options['inputLayout'] === 'nhwc'
  const shape = isLast ? [1, height, width, channels] : [1, channels, height, width]
  const output = options['softmax'] === false ? 'scores' : 'probabilities'
  const range =
    options['preprocessing'] === false
      ? 'pixels divided by 255, less mean, divided by deviation (metadata.json)'
      : 'raw pixels, 0 to 255'
  const size = shape.reduce((product, side) => product * side, 1)
  const feed = (ort: string): string => `const pixels = new Float32Array(${size}) // ${range}
const image = new ${ort}.Tensor('float32', pixels, ${JSON.stringify(shape)})
const { ${output} } = await session.run({ image })
`
  return [
    node(
      `import * as ort from 'onnxruntime-node'

const session = await ort.InferenceSession.create('model.onnx')
${feed('ort')}console.log(${output}.data)
`,
      'npm install onnxruntime-node@1.30.0',
    ),
    browser(
      page(
        '<script src="https://cdn.jsdelivr.net/npm/onnxruntime-web@1.30.0/dist/ort.min.js"></script>',
        `const session = await ort.InferenceSession.create('model.onnx')
${feed('ort')}document.getElementById('result').textContent = [...${output}.data].join(' ')`,
      ),
    ),
    python(
      `import numpy as np
import onnxruntime

session = onnxruntime.InferenceSession("model.onnx")
pixels = np.zeros(${JSON.stringify(shape)}, "float32")  # ${range}
(${output},) = session.run(["${output}"], {"image": pixels})
print(${output})
`,
      'pip install onnxruntime numpy',
    ),
  ]
}

const savedModel = ({ input }: SampleFacts): Sample[] => [
  python(
    `import tensorflow as tf

answer = tf.saved_model.load(".").signatures["serving_default"]
pixels = tf.zeros(${JSON.stringify([1, ...input])})  # raw pixels, 0 to 255
print(answer(image=pixels)["probabilities"].numpy())
`,
    'pip install tensorflow',
  ),
]

const pyTorch = ({ input: [height, width, channels] }: SampleFacts): Sample[] => [
  python(
    `import torch
from model import CLASSES, load

model = load()
pixels = torch.zeros(1, ${channels}, ${height}, ${width})  # raw pixels, 0 to 255
with torch.no_grad():
    probabilities = model(pixels).softmax(1)
print(probabilities, CLASSES)
`,
    'pip install torch',
  ),
]

const keras = ({ input }: SampleFacts): Sample[] => [
  python(
    `import keras
import numpy as np
from model import CLASSES, load

model = load()
pixels = np.zeros(${JSON.stringify([1, ...input])}, "float32")  # raw pixels, 0 to 255
print(keras.ops.softmax(model(pixels)), CLASSES)
`,
    'pip install keras tensorflow',
  ),
]

const SAMPLES: Readonly<Record<ExportFormat, (facts: SampleFacts) => Sample[]>> = {
  tfjs: (facts) => tfjs(facts, false),
  'tfjs-graph': (facts) => tfjs(facts, true),
  'saved-model': savedModel,
  onnx,
  pytorch: pyTorch,
  keras,
  svg: () => [],
  'architecture-json': () => [],
}

/** In the order in which people ask for them; none for what computes nothing. */
export const samplesOf = (facts: SampleFacts): Sample[] => SAMPLES[facts.format](facts)
