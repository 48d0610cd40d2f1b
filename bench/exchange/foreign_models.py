"""Networks of other programs with what they answer: what foreign_keras.py and foreign_torch.py have in common.

Each writes its files and NAME.json into a folder. That lists them with the shape of their images, pixel i being i * 7919 % 251, and
either the scores of four images or, where something has no layer in the workbench, the operators that an import must list.
"""
import json
from pathlib import Path

import numpy as np

IMAGES = 4
models = []


def pixels(shape):
    return (np.arange(IMAGES * int(np.prod(shape))) * 7919 % 251).reshape(IMAGES, *shape).astype("float32")


def told(name, shape, scores=None, missing=None, softmax=False):
    scores = None if scores is None else np.asarray(scores, "float64").tolist()
    models.append({"name": name, "shape": list(shape), "scores": scores, "missing": missing, "softmax": softmax})


def write(file):
    Path(file).write_text(json.dumps(models))
