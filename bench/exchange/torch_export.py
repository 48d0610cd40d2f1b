"""torch.onnx's own exports of written PyTorch source: python torch_export.py FOLDER CHANNELS HEIGHT WIDTH EXPORTER...

Beside the source go torchscript.onnx (the older exporter, opset 17 as ours) and dynamo.onnx (the newer one, its own opset, needs
onnxscript). Prints a line of JSON: PyTorch's version, and of each file why it is missing, or null.
"""
import importlib.util
import json
import os
import sys
from pathlib import Path

# The answer goes where standard output was; whatever PyTorch prints, also from C++, goes to standard error.
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
import torch

folder, (channels, height, width) = Path(sys.argv[1]), map(int, sys.argv[2:5])
spec = importlib.util.spec_from_file_location("model", folder / "model.py")
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
model = module.load()
# Two images: a batch of one would be taken for a constant.
given = (torch.zeros(2, channels, height, width),)
names = {"input_names": ["image"], "output_names": ["scores"]}
batch = torch.export.Dim("batch")
WAYS = {
    "torchscript.onnx": {"dynamo": False, "opset_version": 17, "dynamic_axes": {"image": {0: "batch"}, "scores": {0: "batch"}}},
    "dynamo.onnx": {"dynamo": True, "external_data": False, "dynamic_shapes": ({0: batch},)},
}
problems = {}
for name in (f"{exporter}.onnx" for exporter in sys.argv[5:]):
    options = WAYS[name]
    try:
        torch.onnx.export(model, given, str(folder / name), **names, **options)
        problems[name] = None
    except Exception as reason:
        problems[name] = f"{type(reason).__name__}: {str(reason)[:300]}"
answers.write(json.dumps({"torch": torch.__version__, "problems": problems}))
answers.flush()
