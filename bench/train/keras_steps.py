"""Keras's side of bench:train: the same layer graph, SGD with Nesterov momentum, one graph-mode step on resident data.

Reads a job as JSON from standard input and prints {"parameters", "times", "epochs", "losses"} (milliseconds) as its last line.
"""
import json
import sys

import keras
import numpy as np
import tensorflow as tf
from keras_graph import build_model
from timing import measure

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


measured = measure(job, lambda rows: float(train_step(tf.constant(rows))))
parameters = int(sum(np.prod(variable.shape) for variable in model.trainable_variables))
print(json.dumps({"parameters": parameters, **measured}))
