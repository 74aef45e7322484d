"""`python -m tests.fitting.codeline.train`: trains the reader of code lines on drawn lines alone.

Needs PyTorch (`pip install torch==2.13.0`), which nothing else here does, and about ten minutes of
one core. It writes a few matrices, which `extractors.micr.net` multiplies with numpy.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn

from extractors.micr import glyph, net, strip
from tests.fitting.codeline import worn
from tests.fitting.codeline.weights import Figures, packed

STEPS, LINES, COLUMNS = 1200, 32, 640
"""Steps of learning, and how many strips of how many columns are drawn for each."""

PACE, DECAY, WARMING = 3e-3, 1e-4, 0.1
SMOOTHING = 0.02
"""What a certain answer leaves to all others: worn characters are never certain."""

NEAR, FAR = 3.0, 8.0
"""Strip pixels from a glyph's middle within which a column is that glyph's, and beyond which it is
none's; those between do not count."""

BLANK = len(glyph.SYMBOLS)
_BLANK_WEIGHT = 0.5
_UNSAID = -100
"""The class that PyTorch passes over."""


class Net(nn.Sequential):
    """Strips in (N x 1 x 38 x W), scores of 14 characters and of none out, for every 2nd column."""

    def __init__(self) -> None:
        super().__init__(
            *_step(1, 16, (3, 3), (2, 1), (1, 1)),
            *_step(16, 24, (3, 3), (2, 2), (1, 1)),
            *_step(24, 32, (3, 3), (2, 1), (1, 1)),
            *_step(32, 64, (5, 3), (1, 1), (0, 1)),
            *_step(64, 64, (1, 7), (1, 1), (0, 3)),
            *_step(64, 48, (1, 7), (1, 1), (0, 3)),
            nn.Conv2d(48, BLANK + 1, (1, 1)),
        )


_Pair = tuple[int, int]


def _step(inside: int, outside: int, size: _Pair, stride: _Pair, pad: _Pair) -> list[nn.Module]:
    return [
        nn.Conv2d(inside, outside, size, stride, pad, bias=False),
        nn.BatchNorm2d(outside),
        nn.ReLU(),
    ]


def main() -> None:
    """Learn, and write what was learnt."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--out", type=Path, default=net.WEIGHTS, help="where weights are written")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    learnt = trained(asked.steps)
    recipe = {"steps": asked.steps, "lines a step": LINES, "torch": torch.__version__}
    asked.out.write_bytes(packed(figures(learnt), recipe))


def trained(steps: int) -> Net:
    """The network after so many steps; the same machine gives the same one again."""
    torch.manual_seed(1)
    learner = Net().to(memory_format=torch.channels_last)
    adam = torch.optim.AdamW(learner.parameters(), lr=PACE, weight_decay=DECAY)
    pace = torch.optim.lr_scheduler.OneCycleLR(adam, PACE, total_steps=steps, pct_start=WARMING)
    weight = torch.ones(BLANK + 1)
    weight[BLANK] = _BLANK_WEIGHT
    judge = nn.CrossEntropyLoss(weight=weight, ignore_index=_UNSAID, label_smoothing=SMOOTHING)
    lost = 0.0
    for step in range(1, steps + 1):
        pictures, classes = batch(step)
        seen = torch.from_numpy(pictures).contiguous(memory_format=torch.channels_last)
        loss = judge(learner(seen)[:, :, 0], torch.from_numpy(classes))
        adam.zero_grad()
        loss.backward()
        adam.step()
        pace.step()
        lost += loss.item() / 50
        if step % 50 == 0:
            sys.stdout.write(f"{step} {lost:.4f}\n")
            lost = 0.0
    return learner.eval()


def batch(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Strips that a seed draws, and the class of each second column of them."""
    chance = np.random.default_rng(seed)
    strips = [worn.strip(chance, strip.UNIT, strip.HIGH, COLUMNS) for _ in range(LINES)]
    return (
        np.stack([net.prepared(one.pixels) for one in strips])[:, None],
        np.stack([labelled(one) for one in strips]),
    )


def labelled(line: worn.Strip) -> np.ndarray:
    """The class of each column that the network answers for."""
    at = np.arange(0, line.pixels.shape[1], net.STRIDE) + (net.STRIDE - 1) / 2
    classes = np.full(len(at), BLANK, np.int64)
    for symbol, middle in line.symbols:
        away = np.abs(at - middle)
        classes[(away < FAR) & (classes == BLANK)] = _UNSAID
        classes[away <= NEAR] = glyph.SYMBOLS.index(symbol)
    return classes


def figures(learnt: Net) -> Figures:
    """Kernel and bias of each layer, the normalisation multiplied into them."""
    made = []
    for at, layer in enumerate(learnt):
        if not isinstance(layer, nn.Conv2d):
            continue
        kernel, bias = layer.weight.detach(), layer.bias
        if bias is None:
            norm = learnt[at + 1]
            gain = norm.weight / torch.sqrt(norm.running_var + norm.eps)
            kernel, bias = kernel * gain[:, None, None, None], norm.bias - norm.running_mean * gain
        made.append((kernel.detach().numpy(), bias.detach().numpy()))
    return tuple(made)


if __name__ == "__main__":
    main()
