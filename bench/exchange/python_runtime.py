"""Runs exports: python python_runtime.py keras|torch|onnxruntime. Lines of JSON in, lines of JSON out.

A job names the folder of an export and a file of raw pixels, uint8 [count, height, width, channels]; the answer has the class
scores of every image and the milliseconds of single ones.
"""
import gc
import importlib.util
import json
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np

BATCH = 32
# Latency is told beside the figures and decides nothing here.
MOST_RUNS = 20
MOST_SECONDS = 0.3

# Answers go where standard output was; whatever a library prints goes to standard error.
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def source_of(folder):
    spec = importlib.util.spec_from_file_location("model", Path(folder) / "model.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def torch_model(folder):
    import torch

    model = source_of(folder).load()

    def look(images):
        with torch.no_grad():
            return model(torch.from_numpy(images).permute(0, 3, 1, 2).float()).numpy()

    return look, f"PyTorch {torch.__version__}"


def keras_model(folder):
    import keras

    keras.backend.clear_session()
    model = source_of(folder).load()
    return lambda images: np.asarray(model(images.astype("float32"))), f"Keras {keras.__version__}"


def onnx_model(folder):
    import onnx
    import onnxruntime

    file = str(Path(folder) / "model.onnx")
    onnx.checker.check_model(file, full_check=True)
    facts = json.loads((Path(folder) / "metadata.json").read_text())
    if facts["output"]["isSoftmax"]:
        raise ValueError("export it without a softmax: scores are compared")
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    name, layout = facts["input"]["name"], facts["input"]["layout"]

    def look(images):
        given = images.astype("float32")
        given = given if layout == "nhwc" else np.ascontiguousarray(given.transpose(0, 3, 1, 2))
        return session.run([facts["output"]["name"]], {name: given})[0]

    return look, f"onnxruntime {onnxruntime.__version__} (Python)"


MODELS = {"torch": torch_model, "keras": keras_model, "onnxruntime": onnx_model}


def answer(library, job):
    look, runtime = MODELS[library](job["folder"])
    images = np.fromfile(job["pixels"], np.uint8).reshape(job["shape"])
    scores = np.concatenate([look(images[i : i + BATCH]) for i in range(0, len(images), BATCH)])
    milliseconds, start = [], time.perf_counter()
    while len(milliseconds) < MOST_RUNS and time.perf_counter() - start < MOST_SECONDS:
        before = time.perf_counter()
        look(images[:1])
        milliseconds.append(1000 * (time.perf_counter() - before))
    return {"scores": scores.astype("float64").tolist(), "milliseconds": milliseconds, "runtime": runtime}


for line in sys.stdin:
    try:
        result = answer(sys.argv[1], json.loads(line))
    except Exception as reason:  # told to whoever asked
        result = {"error": f"{type(reason).__name__}: {str(reason)[:2000]}"}
    gc.collect()
    answers.write(json.dumps(result) + "\n")
    answers.flush()
