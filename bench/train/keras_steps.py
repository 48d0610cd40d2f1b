"""Keras's side of bench:train: the same layer graph, SGD with Nesterov momentum, one graph-mode step on resident data.

Reads a job as JSON from standard input and prints {"parameters", "times", "losses"} (milliseconds) as its last line.
"""
import json
import sys
import time

import keras
import numpy as np
import tensorflow as tf
from keras_graph import build_model

job = json.load(sys.stdin)
graph = job["graph"]
model, _ = build_model(graph)
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
