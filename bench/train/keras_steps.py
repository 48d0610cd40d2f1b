"""Keras's side of bench:train: the same layer graph, SGD with Nesterov momentum, one graph-mode step on resident data.

Reads a job as JSON from standard input and prints {"parameters", "times", "losses"} (milliseconds) as its last line.
"""
import json
import sys
import time

import keras
import numpy as np
import tensorflow as tf
from keras import layers

job = json.load(sys.stdin)
graph = job["graph"]


def window(layer, options, x, defaults):
    """Builds a layer with the graph's padding: SAME, or half the kernel on each side."""
    kernel = options.get("kernel", defaults[0])
    stride = options.get("stride", defaults[1])
    padding = options.get("padding", "half")
    if padding == "half" and stride == [1, 1] and all(k % 2 == 1 for k in kernel):
        padding = "same"
    if padding == "half":
        borders = [(k - 1) // 2 for k in kernel]
        if any(borders):
            x = layers.ZeroPadding2D(borders)(x)
        padding = "valid"
    return x, kernel, stride, padding


def build(node, inputs):
    kind, options, x = node["kind"], node["parameters"], inputs[0]
    if kind == "conv2d":
        x, kernel, stride, padding = window(layers.Conv2D, options, x, ([3, 3], [1, 1]))
        return layers.Conv2D(
            options["channels"],
            kernel,
            stride,
            padding,
            dilation_rate=options.get("dilation", 1),
            groups=options.get("groups", 1),
            use_bias=options.get("bias", False),
            kernel_initializer="he_normal",
        )(x)
    if kind == "depthwise-conv2d":
        x, kernel, stride, padding = window(layers.DepthwiseConv2D, options, x, ([3, 3], [1, 1]))
        return layers.DepthwiseConv2D(kernel, stride, padding, use_bias=options.get("bias", False))(x)
    if kind in ("max-pool", "average-pool"):
        layer = layers.MaxPooling2D if kind == "max-pool" else layers.AveragePooling2D
        x, kernel, stride, padding = window(layer, options, x, ([3, 3], [2, 2]))
        return layer(kernel, stride, padding)(x)
    if kind == "batch-norm":
        return layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x)
    if kind == "dense":
        return layers.Dense(options["features"], use_bias=options.get("bias", True))(x)
    simple = {
        "relu": lambda: layers.ReLU()(x),
        "identity": lambda: x,
        "flatten": lambda: layers.Flatten()(x),
        "global-average-pool": lambda: layers.GlobalAveragePooling2D(keepdims=True)(x),
        "add": lambda: layers.Add()(inputs),
        "concatenate": lambda: layers.Concatenate()(inputs),
    }
    return simple[kind]()


values = {"input": keras.Input(graph["input"])}
for node in graph["nodes"]:
    values[node["id"]] = build(node, [values[i] for i in node["inputs"]])
model = keras.Model(values["input"], values[graph["output"]])
optimizer = keras.optimizers.SGD(0.01, momentum=0.9, nesterov=True)
optimizer.build(model.trainable_variables)
loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

random = np.random.default_rng(1)
images = tf.constant(random.integers(0, 256, [job["images"], *graph["input"]], dtype=np.uint8))
labels = tf.constant(random.integers(0, job["classes"], [job["images"]], dtype=np.int32))


@tf.function(jit_compile=False)
def train_step(indices):
    x = (tf.cast(tf.gather(images, indices), tf.float32) / 255.0 - 0.5) / 0.25
    y = tf.gather(labels, indices)
    with tf.GradientTape() as tape:
        loss = loss_of(y, model(x, training=True))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss


times, losses = [], []
started = None
for step in range(job["warmUp"] + job["steps"]):
    indices = tf.constant([(step * job["batch"] + i) % job["images"] for i in range(job["batch"])], tf.int32)
    before = time.perf_counter()
    loss = float(train_step(indices))
    if step >= job["warmUp"]:
        times.append((time.perf_counter() - before) * 1000)
    losses.append(loss)
    # Tracing is Keras's own affair: the clock of the measurement starts after the first step.
    started = started or time.perf_counter()
    if len(times) >= 3 and time.perf_counter() - started > job["seconds"]:
        break
parameters = int(sum(np.prod(variable.shape) for variable in model.trainable_variables))
print(json.dumps({"parameters": parameters, "times": times, "losses": losses}))
