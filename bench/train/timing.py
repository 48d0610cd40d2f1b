"""The clock of bench:train's peers; ours.ts keeps the same one."""
import time

import numpy as np


def measure(job, step):
    """Times (milliseconds) of whole epochs and of their steps, until `job["seconds"]` are over, and the losses.

    step: takes row numbers ([batch] int32) and returns the loss as a number.
    """
    batch, images = job["batch"], job["images"]
    times, epochs, losses = [], [], []

    def rows(number):
        return (np.arange(number * batch, (number + 1) * batch) % images).astype(np.int32)

    for number in range(job["warmUp"]):
        losses.append(step(rows(number)))
    started = time.perf_counter()
    while not epochs or time.perf_counter() - started < job["seconds"]:
        epoch_started = time.perf_counter()
        for number in range(images // batch):
            before = time.perf_counter()
            losses.append(step(rows(number)))
            times.append((time.perf_counter() - before) * 1000)
        epochs.append((time.perf_counter() - epoch_started) * 1000)
    return {"times": times, "epochs": epochs, "losses": losses}
