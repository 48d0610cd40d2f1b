"""Networks that PyTorch exports to ONNX with its own tools: python foreign_torch.py FOLDER (foreign_models.py).

Apart from Keras's: TensorFlow and torch.export in one process end it.
"""
import sys
from pathlib import Path

import torch
from foreign_models import pixels, told, write
from torch import nn
from torch.nn import functional as F

folder = Path(sys.argv[1])
torch.manual_seed(1)


class Scaled(nn.Module):
    """Raw pixels in, as an export for production has it."""

    def __init__(self, *modules):
        super().__init__()
        self.register_buffer("mean", torch.tensor([120.0, 110.0, 100.0]).view(1, 3, 1, 1))
        self.network = nn.Sequential(*modules)

    def forward(self, x):
        return self.network((x - self.mean) / 58.0)


class Residual(nn.Module):
    def __init__(self, width, groups=1, squeeze=False):
        super().__init__()
        self.a, self.norm = nn.Conv2d(width, width, 3, padding=1, groups=groups, bias=False), nn.BatchNorm2d(width)
        self.b = nn.Conv2d(width, width, 3, padding=2, dilation=2, groups=groups)
        self.squeeze = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(width, 4, 1), nn.ReLU(), nn.Conv2d(4, width, 1), nn.Sigmoid())
        self.is_squeezed = squeeze

    def forward(self, x):
        y = self.b(F.hardswish(self.norm(self.a(x))))
        return F.relu(x + (y * self.squeeze(y) if self.is_squeezed else y))


class Shuffle(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.branch = nn.Sequential(nn.Conv2d(width // 2, width // 2, 1), nn.BatchNorm2d(width // 2), nn.SiLU())

    def forward(self, x):
        left, right = x.chunk(2, 1)
        x = torch.cat([left, self.branch(right)], 1)
        n, c, h, w = x.shape
        return x.view(n, 2, c // 2, h, w).transpose(1, 2).reshape(n, c, h, w)


class Dense(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.layers = nn.ModuleList([nn.Conv2d(width + 4 * i, 4, 3, padding=1) for i in range(3)])

    def forward(self, x):
        for layer in self.layers:
            x = torch.cat([x, F.relu(layer(x))], 1)
        return F.avg_pool2d(x, 3, 2, padding=1, ceil_mode=False, count_include_pad=False)


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm, self.upsample = nn.InstanceNorm2d(8, affine=True), nn.ConvTranspose2d(8, 8, 2, 2)
        self.leak = nn.PReLU(8)

    def forward(self, x):
        return self.leak(self.upsample(self.norm(x)))


stem = lambda: nn.Conv2d(3, 8, 3, 2, 1)
head = lambda features=8: (nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(features, 5))
NETWORKS = {
    "residual": (Scaled(stem(), Residual(8), nn.MaxPool2d(3, 2, 1), *head()), None),
    "grouped-squeeze": (Scaled(stem(), Residual(8, 4, True), nn.GELU(), *head()), None),
    "shuffle": (Scaled(stem(), Shuffle(8), nn.ReLU6(), *head()), None),
    "dense": (Scaled(stem(), Dense(8), *head(20)), None),
    "odd": (Scaled(stem(), Attention(), *head()), ["InstanceNormalization", "ConvTranspose", "PRelu"]),
}
for name, (network, missing) in NETWORKS.items():
    for _ in range(20):
        network(torch.rand(16, 3, 24, 20) * 255)
    network.eval()
    shape = (24, 20, 3)
    images = torch.from_numpy(pixels(shape).transpose(0, 3, 1, 2).copy())
    scores = None if missing else network(images).detach().numpy()
    names = {"input_names": ["x"], "output_names": ["y"]}
    # The exporters write in two dialects; one of each pair is enough for what no layer is.
    file = f"torch-{name}.onnx"
    options = {"dynamo": False, "opset_version": 17, "dynamic_axes": {"x": {0: "n"}}}
    torch.onnx.export(network, (images,), str(folder / file), **options, **names)
    told(file, shape, scores, missing)
    if name not in ("residual", "shuffle"):
        continue
    try:
        file = f"torch-{name}-dynamo.onnx"
        dynamic = ({0: torch.export.Dim("n")},)
        torch.onnx.export(network, (images,), str(folder / file), dynamo=True, external_data=False, dynamic_shapes=dynamic, **names)
        told(file, shape, scores)
    except ImportError as reason:
        print("left out", file, reason, file=sys.stderr)

write(folder / "torch.json")
