"""Keras's side of bench:accuracy: the same graph, initial values, order and recipe; everything that computes is Keras's or NumPy's.

Reads a job (job.ts) as JSON from standard input, prints each epoch and, as its last line, the result.
"""
import json
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "train"))

import keras
import numpy as np
import tensorflow as tf
from keras_graph import build_model

job = json.load(sys.stdin)
recipe, data = job["recipe"], job["data"]
train_images, test_images, batch = job["trainImages"], job["testImages"], job["recipe"]["batchSize"]
images = np.memmap(data["images"], np.uint8, "r", shape=(data["count"], *data["shape"]))
labels = np.fromfile(data["labels"], np.uint8).astype(np.int32)
orders = np.fromfile(job["orders"], "<i4").reshape(-1, train_images)
mean, deviation = np.float32(data["mean"]), np.float32(data["deviation"])
steps = train_images // batch

if recipe["optimizer"] != "sgd" or recipe["labelSmoothing"] or recipe["gradientClip"] or recipe["weightAverage"]:
    sys.exit("This peer knows SGD without smoothing, clipping and averaging.")

model, layers = build_model(job["graph"], decay=recipe["weightDecay"])
values, at = np.fromfile(job["initialValues"], "<f4"), 0
for array in job["arrays"]:
    size = int(np.prod(array["shape"]))
    getattr(layers[array["node"]], array["role"].replace("-", "_")).assign(values[at : at + size].reshape(array["shape"]))
    at += size


class RisingCosine(keras.optimizers.schedules.LearningRateSchedule):
    """Keras's own warm-up begins at 0, so its first step changes nothing; the recipe's ends at the peak, one step earlier."""

    def __init__(self, peak, rising, total):
        self.peak, self.rising, self.total = peak, rising, total

    def __call__(self, step):
        done = tf.cast(step, tf.float32)
        rise = self.peak * (done + 1) / max(1, self.rising)
        fall = self.peak * 0.5 * (1 + tf.cos(np.pi * (done - self.rising) / max(1, self.total - self.rising)))
        return tf.where(done < self.rising, rise, fall)


class RateLastSGD(keras.optimizers.SGD):
    """Sutskever et al. 2013 as PyTorch and the recipe have it: the rate multiplies the velocity when it is applied.

    Keras's velocity holds the rate of the steps it came from; where the rate changes at each step, that is another training.
    """

    def update_step(self, gradient, variable, learning_rate):
        velocity = self.momentums[self._get_variable_index(variable)]
        self.assign(velocity, velocity * self.momentum + gradient)
        self.assign_sub(variable, learning_rate * (gradient + self.momentum * velocity if self.nesterov else velocity))


rate = recipe["learningRate"]
if recipe["schedule"] == "cosine":
    total = steps * recipe["epochs"]
    rate = RisingCosine(rate, int(recipe["warmUp"] * total), total)
elif recipe["schedule"] != "constant":
    sys.exit("This peer knows the schedules cosine and constant.")
optimizer = RateLastSGD(rate, momentum=recipe["momentum"], nesterov=recipe["nesterov"])
optimizer.build(model.trainable_variables)
loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def normalised(pixels):
    return (pixels.astype(np.float32) / 255 - mean) / deviation


def augmented(pixels, random):
    """Pads with the mean colour, cuts a window out and mirrors half of the images: each image on its own."""
    padding, (count, height, width, _) = recipe["cropPadding"], pixels.shape
    borders = ((0, 0), (padding, padding), (padding, padding), (0, 0))
    padded = np.pad(normalised(pixels), borders)
    tops, lefts = random.integers(0, 2 * padding + 1, (2, count))
    cut = np.stack([padded[i, t : t + height, l : l + width] for i, (t, l) in enumerate(zip(tops, lefts))])
    if recipe["flip"]:
        mirrored = random.random(count) < 0.5
        cut[mirrored] = cut[mirrored, :, ::-1]
    return cut


@tf.function(jit_compile=False)
def train_step(x, y):
    with tf.GradientTape() as tape:
        logits = model(x, training=True)
        loss = loss_of(y, logits)
        total = tf.add_n([loss, *model.losses])
    gradients = tape.gradient(total, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss, tf.reduce_mean(tf.cast(tf.equal(tf.argmax(logits, 1, tf.int32), y), tf.float32))


@tf.function(jit_compile=False)
def evaluate_step(x, y):
    logits = model(x, training=False)
    right = tf.equal(tf.argmax(logits, 1, tf.int32), y)
    return loss_of(y, logits), tf.reduce_sum(tf.cast(right, tf.int32))


def evaluate():
    loss, correct, size = 0.0, 0, 100
    for start in range(train_images, train_images + test_images, size):
        end = min(start + size, train_images + test_images)
        one, right = evaluate_step(tf.constant(normalised(images[start:end])), tf.constant(labels[start:end]))
        loss, correct = loss + float(one) * (end - start), correct + int(right)
    return loss / test_images, correct / test_images


if job["evaluateOnly"]:
    test_loss, test_accuracy = evaluate()
    print(json.dumps({"testLoss": test_loss, "testAccuracy": test_accuracy}))
    sys.exit()
first_loss, epochs = None, []
for epoch in range(recipe["epochs"]):
    before, random = time.perf_counter(), np.random.default_rng([job["seed"], epoch])
    sums = np.zeros(2)
    for step in range(steps):
        rows = orders[epoch, step * batch : (step + 1) * batch]
        loss, accuracy = train_step(tf.constant(augmented(images[rows], random)), tf.constant(labels[rows]))
        sums += [float(loss), float(accuracy)]
        first_loss = float(loss) if first_loss is None else first_loss
    test_loss, test_accuracy = evaluate()
    train_loss, train_accuracy = sums / steps
    result = {
        "trainLoss": train_loss,
        "trainAccuracy": train_accuracy,
        "testLoss": test_loss,
        "testAccuracy": test_accuracy,
        "seconds": time.perf_counter() - before,
    }
    epochs.append(result)
    print(json.dumps(result), flush=True)
parameters = int(sum(np.prod(variable.shape) for variable in model.trainable_variables))
print(json.dumps({"parameters": parameters, "firstLoss": first_loss, "epochs": epochs}))
