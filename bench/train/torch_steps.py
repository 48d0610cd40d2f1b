"""PyTorch's side of bench:train: the same layer graph and data, SGD with Nesterov momentum, fused, data resident.

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

model = Network(graph)
if is_channels_last:
    model = model.to(memory_format=torch.channels_last)
model.train()
optimizer = torch.optim.SGD(model.parameters(), 0.01, momentum=0.9, nesterov=True, fused=True)
loss_of = torch.nn.CrossEntropyLoss()

# Stored as the network wants them, so that a batch is one gather: no change of layout in a step.
height, width, channels = graph["input"]
shape = [height, width, channels] if is_channels_last else [channels, height, width]
images = torch.randint(0, 256, [job["images"], *shape], dtype=torch.uint8)
labels = torch.randint(0, job["classes"], [job["images"]])


def train_step(rows):
    indices = torch.from_numpy(rows)
    x = (images[indices].float() / 255.0 - 0.5) / 0.25
    if is_channels_last:
        x = x.permute(0, 3, 1, 2)
    optimizer.zero_grad(set_to_none=True)
    loss = loss_of(model(x), labels[indices])
    loss.backward()
    optimizer.step()
    return loss.item()


measured = measure(job, train_step)
print(json.dumps({"parameters": sum(parameter.numel() for parameter in model.parameters()), **measured}))
