"""A straightforward GPT in PyTorch, of the sizes that its first line of JSON names; then for every line as many training steps as it says.

Lines of JSON in, lines of JSON out: the milliseconds of each step. Norms behind each sum, learned positions, GELU, the output tied to the
token table and AdamW, as preset `paper` has them.
"""
import json
import math
import os
import sys
import time

answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

import torch
import torch.nn.functional as F
from torch import nn


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.attention_norm = nn.LayerNorm(width)
        self.feed_norm = nn.LayerNorm(width)
        self.feed = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(approximate="tanh"), nn.Linear(4 * width, width))

    def forward(self, x):
        batch, window, width = x.shape
        q, k, v = self.qkv(x).view(batch, window, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = self.attention_norm(x + self.out(mixed.transpose(1, 2).reshape(batch, window, width)))
        return self.feed_norm(x + self.feed(x))


class Gpt(nn.Module):
    def __init__(self, vocabulary, window, layers, heads, width):
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, width)
        self.positions = nn.Parameter(torch.randn(window, width) * 0.02)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(layers))
        for parameter in self.parameters():
            if parameter.dim() > 1:
                nn.init.normal_(parameter, std=0.02)

    def forward(self, tokens):
        x = self.tokens(tokens) + self.positions
        for block in self.blocks:
            x = block(x)
        return x @ self.tokens.weight.T


def main():
    sizes = json.loads(sys.stdin.readline())
    torch.manual_seed(1)
    torch.set_num_threads(sizes.pop("threads"))
    batch, vocabulary, window = sizes.pop("batch"), sizes["vocabulary"], sizes["window"]
    model = Gpt(**sizes)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, weight_decay=0.01)
    count = sum(parameter.numel() for parameter in model.parameters())
    print(json.dumps({"parameters": count, "version": torch.__version__, "threads": torch.get_num_threads()}), file=answers, flush=True)
    for line in sys.stdin:
        times = []
        for _ in range(json.loads(line)["steps"]):
            rows = torch.randint(0, vocabulary, (batch, window + 1))
            start = time.perf_counter()
            optimizer.zero_grad(set_to_none=True)
            loss = F.cross_entropy(model(rows[:, :-1]).reshape(-1, vocabulary), rows[:, 1:].reshape(-1))
            loss.backward()
            optimizer.step()
            times.append(1000 * (time.perf_counter() - start))
            assert math.isfinite(loss.item())
        print(json.dumps({"milliseconds": times}), file=answers, flush=True)


main()
