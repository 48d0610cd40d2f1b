"""A layer graph as a PyTorch module: the other peer of bench:train. Tensors are [batch, channels, height, width]."""
import torch
from torch import nn


def same_padding(size, kernel, stride):
    """Padding on each side that gives TensorFlow's SAME its output size; PyTorch users pad evenly where they can.

    None: no even padding gives that size.
    """
    wanted = -(-size // stride)
    for padding in range(kernel // 2 + 1):
        if (size + 2 * padding - kernel) // stride + 1 == wanted:
            return padding
    return None


def window(options, x, defaults):
    """Kernel, stride and padding as nn.Conv2d and the pools take them."""
    kernel = options.get("kernel", defaults[0])
    stride = options.get("stride", defaults[1])
    kind = options.get("padding", "half")
    if kind == "same":
        padding = [same_padding(size, k, s) for size, k, s in zip(x.shape[2:], kernel, stride)]
        if None in padding:
            raise ValueError(f"no even padding for a {kernel} window at stride {stride} over {list(x.shape[2:])}")
    else:
        padding = [(k - 1) // 2 if kind == "half" else 0 for k in kernel]
    return tuple(kernel), tuple(stride), tuple(padding)


class Join(nn.Module):
    """Of several inputs: their sum, or their channels behind one another."""

    def __init__(self, is_sum):
        super().__init__()
        self.is_sum = is_sum

    def forward(self, *inputs):
        if not self.is_sum:
            return torch.cat(inputs, 1)
        total = inputs[0]
        for one in inputs[1:]:
            total = total + one
        return total


def layer_of(node, x, is_alone):
    """is_alone: nobody else reads this layer's input, so that it may be overwritten."""
    kind, options, channels = node["kind"], node["parameters"], x.shape[1]
    if kind in ("conv2d", "depthwise-conv2d"):
        kernel, stride, padding = window(options, x, ([3, 3], [1, 1]))
        is_depthwise = kind == "depthwise-conv2d"
        return nn.Conv2d(
            channels,
            channels if is_depthwise else options["channels"],
            kernel,
            stride,
            padding,
            dilation=1 if is_depthwise else options.get("dilation", 1),
            groups=channels if is_depthwise else options.get("groups", 1),
            bias=options.get("bias", False),
        )
    if kind in ("max-pool", "average-pool"):
        return (nn.MaxPool2d if kind == "max-pool" else nn.AvgPool2d)(*window(options, x, ([3, 3], [2, 2])))
    return {
        "batch-norm": lambda: nn.BatchNorm2d(channels, eps=1e-5, momentum=0.1),
        "dense": lambda: nn.Linear(channels, options["features"], bias=options.get("bias", True)),
        "relu": lambda: nn.ReLU(inplace=is_alone),
        "identity": nn.Identity,
        "flatten": nn.Flatten,
        "global-average-pool": lambda: nn.AdaptiveAvgPool2d(1),
        "add": lambda: Join(True),
        "concatenate": lambda: Join(False),
    }[kind]()


class Network(nn.Module):
    def __init__(self, graph):
        super().__init__()
        readers = [i for node in graph["nodes"] for i in node["inputs"]]
        kinds = {node["id"]: node["kind"] for node in graph["nodes"]}
        height, width, channels = graph["input"]
        values = {"input": torch.zeros(2, channels, height, width)}
        self.layers = nn.ModuleList()
        self.plan, self.output = [], graph["output"]
        # Run once while it is built: some layers need to know the shape of what they read.
        with torch.no_grad():
            for node in graph["nodes"]:
                inputs = [values[i] for i in node["inputs"]]
                # The gradients of these need no result, and an identity would pass on somebody else's.
                is_fresh = kinds.get(node["inputs"][0]) in ("batch-norm", "conv2d", "depthwise-conv2d")
                is_alone = is_fresh and readers.count(node["inputs"][0]) == 1
                layer = layer_of(node, inputs[0], is_alone)
                values[node["id"]] = layer(*inputs)
                self.layers.append(layer)
                self.plan.append((node["id"], layer, node["inputs"]))

    def forward(self, images):
        values = {"input": images}
        for name, layer, inputs in self.plan:
            values[name] = layer(*[values[i] for i in inputs])
        return values[self.output]
