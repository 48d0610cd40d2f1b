// The fixed parts of an exported PyTorch module: helpers that PyTorch has no module for, and reading the weights.

const AVERAGE = `class PaddedAverage(nn.Module):
    """A mean over windows that divides by the positions that count: those of the map and of the padding \`counted\`."""

    def __init__(self, kernel, stride, pad, counted):
        super().__init__()
        self.kernel, self.stride, self.pad, self.counted = kernel, stride, pad, counted

    def forward(self, x):
        ones = torch.ones_like(x[:1, :1])
        counted = F.pad(ones, self.counted, value=1.0)
        rest = tuple(whole - part for whole, part in zip(self.pad, self.counted))
        share = F.avg_pool2d(F.pad(counted, rest), self.kernel, self.stride)
        return F.avg_pool2d(F.pad(x, self.pad), self.kernel, self.stride) / share`

const DEPTH = `class StochasticDepth(nn.Module):
    """While training, leaves a branch out for a random share of the images (Huang et al. 2016)."""

    def __init__(self, rate):
        super().__init__()
        self.rate = rate

    def forward(self, x):
        if not self.training or self.rate == 0:
            return x
        kept = (torch.rand(x.shape[0], *[1] * (x.dim() - 1), device=x.device) >= self.rate).to(x.dtype)
        return x * kept / (1 - self.rate)`

const HELPERS = { PaddedAverage: AVERAGE, StochasticDepth: DEPTH } as const

const head = (title: string): string => `"""${title}

Written by GPT-NAS Workbench. Needs PyTorch, nothing else.

    from model import load
    model = load()                       # weights.safetensors beside this file
    scores = model(pixels)               # float [batch, channels, height, width], 0 to 255
    probabilities = scores.softmax(1)
"""
import json
import math
import struct
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn`

const tail = (
  mean: readonly number[],
  deviation: readonly number[],
  classes: readonly string[],
): string => `CLASSES = ${JSON.stringify(classes)}
MEAN = ${JSON.stringify(mean)}
DEVIATION = ${JSON.stringify(deviation)}


class Model(nn.Module):
    """Raw pixels [batch, channels, height, width] from 0 to 255 to class scores."""

    def __init__(self):
        super().__init__()
        self.network = Network()

    def forward(self, pixels):
        mean = torch.tensor(MEAN, dtype=pixels.dtype, device=pixels.device).view(1, -1, 1, 1)
        deviation = torch.tensor(DEVIATION, dtype=pixels.dtype, device=pixels.device).view(1, -1, 1, 1)
        return self.network((pixels / 255 - mean) / deviation)


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
        values = torch.frombuffer(bytearray(data[8 + length + start : 8 + length + end]), dtype=torch.float32)
        arrays[name] = values.reshape(entry["shape"])
    return arrays


def load(path=Path(__file__).with_name("weights.safetensors")):
    """The trained model, ready to predict."""
    model = Model()
    state = model.state_dict()
    # Batches counted while training are nobody's weights.
    missing = [name for name in state if not name.endswith("num_batches_tracked")]
    arrays = read_safetensors(path)
    if sorted(missing) != sorted(arrays):
        raise ValueError(f"{path} holds the weights of another network.")
    model.load_state_dict(arrays, strict=False)
    return model.eval()
`

export interface ModuleText {
  readonly title: string
  /** Of the blocks and the network. */
  readonly classes: string
  readonly classNames: readonly string[]
  readonly mean: readonly number[]
  readonly deviation: readonly number[]
}

export function moduleText({ title, classes, classNames, mean, deviation }: ModuleText): string {
  const helpers = Object.entries(HELPERS).flatMap(([name, text]) => (classes.includes(`${name}(`) ? [text] : []))
  return [head(title.replace(/["\\]/g, "'")), ...helpers, classes, tail(mean, deviation, classNames)].join('\n\n\n')
}
