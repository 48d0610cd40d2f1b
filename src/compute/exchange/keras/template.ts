// The fixed parts of an exported Keras module: helpers that Keras has no layer for, and reading the weights.

const AVERAGE = `def padded_average(x, kernel, stride, pad, counted):
    """A mean over windows that divides by the positions that count: those of the map and of the padding \`counted\`."""
    ones = np.pad(np.ones(x.shape[1:3], "float32"), counted, constant_values=1.0)
    ones = np.pad(ones, [(a - c, b - d) for (a, b), (c, d) in zip(pad, counted)])
    rows = range(0, ones.shape[0] - kernel[0] + 1, stride[0])
    columns = range(0, ones.shape[1] - kernel[1] + 1, stride[1])
    share = np.array([[ones[i : i + kernel[0], j : j + kernel[1]].mean() for j in columns] for i in rows], "float32")
    mean = layers.AveragePooling2D(kernel, strides=stride)(layers.ZeroPadding2D(pad)(x))
    return mean * (1.0 / share)[None, :, :, None]`

const MAXIMUM = `def padded_for_max(x, pad):
    """Padding that never is the maximum."""
    return ops.pad(x, ((0, 0), *pad, (0, 0)), constant_values=float(np.finfo("float32").min))`

const SHUFFLE = `def channel_shuffle(x, groups):
    """Channels read as groups by rows, written by columns (Zhang et al. 2018)."""
    _, height, width, channels = x.shape
    grouped = ops.reshape(x, (-1, height * width, groups, channels // groups))
    return ops.reshape(ops.transpose(grouped, (0, 1, 3, 2)), (-1, height, width, channels))`

const DEPTH = `@keras.saving.register_keras_serializable("gptnas")
class StochasticDepth(layers.Layer):
    """While training, leaves a branch out for a random share of the images (Huang et al. 2016)."""

    def __init__(self, rate, **options):
        super().__init__(**options)
        self.rate = rate
        self.seeds = keras.random.SeedGenerator()

    def call(self, x, training=False):
        if not training or self.rate == 0:
            return x
        shape = (ops.shape(x)[0],) + (1,) * (len(x.shape) - 1)
        kept = ops.cast(keras.random.uniform(shape, seed=self.seeds) >= self.rate, x.dtype)
        return x * kept / (1 - self.rate)

    def get_config(self):
        return {**super().get_config(), "rate": self.rate}`

const HELPERS = {
  padded_average: AVERAGE,
  padded_for_max: MAXIMUM,
  channel_shuffle: SHUFFLE,
  StochasticDepth: DEPTH,
} as const

const head = (title: string): string => `"""${title}

Written by GPT-NAS Workbench. Needs Keras 3 with any of its backends, nothing else.

    from model import load
    model = load()                       # weights.safetensors beside this file
    scores = model(pixels)               # float32 [batch, height, width, channels], 0 to 255
    probabilities = keras.ops.softmax(scores)
"""
import json
import struct
from pathlib import Path

import keras
import numpy as np
from keras import layers, ops`

interface Facts {
  readonly input: readonly number[]
  readonly mean: readonly number[]
  readonly deviation: readonly number[]
  readonly classNames: readonly string[]
}

const tail = ({ input, mean, deviation, classNames }: Facts): string => `CLASSES = ${JSON.stringify(classNames)}
MEAN = ${JSON.stringify(mean)}
DEVIATION = ${JSON.stringify(deviation)}


def build():
    """The model without trained weights: raw pixels [batch, height, width, channels] from 0 to 255 to class scores."""
    pixels = keras.Input((${input.join(', ')},), name="image")
    scale = [1 / (255 * deviation) for deviation in DEVIATION]
    offset = [-mean / deviation for mean, deviation in zip(MEAN, DEVIATION)]
    return keras.Model(pixels, network(layers.Rescaling(scale, offset, name="preprocessing")(pixels)))


def read_safetensors(path):
    """Every array of a safetensors file of float32, by name."""
    data = Path(path).read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    arrays = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        start, end = entry["data_offsets"]
        values = np.frombuffer(data[8 + length + start : 8 + length + end], dtype="<f4")
        arrays[name] = values.reshape(entry["shape"])
    return arrays


def load(path=Path(__file__).with_name("weights.safetensors")):
    """The trained model, ready to predict."""
    model = build()
    arrays = read_safetensors(path)
    names = [f"{layer.name}/{weight.name}" for layer in model.layers for weight in layer.weights]
    if sorted(names) != sorted(arrays):
        raise ValueError(f"{path} holds the weights of another network: {sorted(set(names) ^ set(arrays))[:5]} differ.")
    for layer in model.layers:
        layer.set_weights([arrays[f"{layer.name}/{weight.name}"] for weight in layer.weights])
    return model
`

export interface ModuleText extends Facts {
  readonly title: string
  /** Of the blocks and the network. */
  readonly functions: string
}

export function moduleText({ title, functions, ...facts }: ModuleText): string {
  const helpers = Object.entries(HELPERS).flatMap(([name, text]) => (functions.includes(`${name}(`) ? [text] : []))
  return [head(title.replace(/["\\]/g, "'")), ...helpers, functions, tail(facts)].join('\n\n\n')
}
