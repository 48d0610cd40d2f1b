"""PyTorch's side of bench:train and bench:gpu: the same layer graph and data, SGD with Nesterov momentum, fused, data resident.

Left out, device is the processor and precision float32; compile runs it through TorchInductor.

Reads a job as JSON from standard input and prints {"parameters", "times", "epochs", "losses"} (milliseconds) as its last line.
"""
import json
import sys

import torch
from timing import measure
from torch_graph import Network

job = json.load(sys.stdin)
graph, is_channels_last = job["graph"], job["channelsLast"]
torch.set_num_threads(job["threads"])
torch.manual_seed(1)

device = torch.device(job.get("device", "cpu"))
half = {"mixed-float16": torch.float16, "mixed-bfloat16": torch.bfloat16}.get(job.get("precision", "float32"))
torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = job.get("tf32", False)
torch.backends.cudnn.benchmark = device.type == "cuda"

model = Network(graph).to(device)
if is_channels_last:
    model = model.to(memory_format=torch.channels_last)
model.train()
scaler = torch.amp.GradScaler(device.type, enabled=half is torch.float16)
run = torch.compile(model) if job.get("compile", False) else model
optimizer = torch.optim.SGD(model.parameters(), 0.01, momentum=0.9, nesterov=True, fused=True)
loss_of = torch.nn.CrossEntropyLoss()

# Stored as the network wants them, so that a batch is one gather: no change of layout in a step.
height, width, channels = graph["input"]
shape = [height, width, channels] if is_channels_last else [channels, height, width]
images = torch.randint(0, 256, [job["images"], *shape], dtype=torch.uint8).to(device)
labels = torch.randint(0, job["classes"], [job["images"]]).to(device)


def train_step(rows):
    indices = torch.from_numpy(rows).to(device)
    x = (images[indices].float() / 255.0 - 0.5) / 0.25
    if is_channels_last:
        x = x.permute(0, 3, 1, 2)
    optimizer.zero_grad(set_to_none=True)
    with torch.autocast(device.type, dtype=half or torch.bfloat16, enabled=half is not None):
        loss = loss_of(run(x), labels[indices])
    scaler.scale(loss).backward()
    scaler.step(optimizer)
    scaler.update()
    # Waits for a card, too.
    return loss.item()


measured = measure(job, train_step)
print(json.dumps({"parameters": sum(parameter.numel() for parameter in model.parameters()), **measured}))
