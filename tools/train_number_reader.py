"""Trains the number reader on strips of `tools.number_strips` and writes it as ONNX.

Runs on one thread of the processor with a PyTorch that needs no other (Debian's python3-torch 1.13
was used; it is no package of the house). It may be stopped at any time and goes on where its last
checkpoint stands. Shards that come while it trains are taken in.

`python tools/train_number_reader.py SHARDS STATE MODEL.onnx MINUTES`
"""

import math
import random
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

SEED = 20261205
CODES = "XZC0123456789*"
"""The network's answers after its first, which means nothing here; * is any other character."""
STRIP_HIGH = 32
STEP_PX = 2
"""So many pixels of the strip for each of the network's answers."""
BATCH = 48
PEAK_RATE = 3e-3
CHECKPOINT_S = 120
IGNORED = -100


class NumberNet(nn.Module):  # type: ignore[misc] # nobody installs torch to check types
    """Looks at a strip of any width and says of every second pixel what character stands there."""

    def __init__(self) -> None:
        super().__init__()

        def layer(taken: int, given: int, size: Any, stride: Any, pad: Any) -> nn.Sequential:
            return nn.Sequential(
                nn.Conv2d(taken, given, size, stride, pad, bias=False),
                nn.BatchNorm2d(given),
                nn.ReLU(inplace=True),
            )

        self.seen = nn.Sequential(
            layer(1, 16, 5, 2, 2),
            layer(16, 32, 3, (2, 1), 1),
            layer(32, 48, 3, (2, 1), 1),
            layer(48, 64, 3, 1, 1),
            layer(64, 96, (4, 1), 1, 0),
        )
        self.near = layer(96, 96, (1, 5), 1, (0, 2))
        self.wide = nn.Sequential(
            nn.Conv2d(96, 96, (1, 5), 1, (0, 6), dilation=(1, 3), bias=False),
            nn.BatchNorm2d(96),
            nn.ReLU(inplace=True),
        )
        self.said = nn.Conv2d(96, len(CODES) + 1, (1, 3), 1, (0, 1))

    def forward(self, strips: Any) -> Any:
        """From N × 1 × 32 × W shades of 0 to 1 to N × W/2 × 15 scores."""
        seen = self.seen(strips * 4 - 2)
        seen = seen + self.near(seen)
        seen = seen + self.wide(seen)
        return self.said(seen).squeeze(2).transpose(1, 2)


class Shards:
    """All strips drawn so far, cut out of their files."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.known = folder, set[str]()
        self.strips: list[Any] = []
        self.labels: list[str] = []
        self.places: list[tuple[Any, Any]] = []

    def take_in(self) -> int:
        """Read what came since, and say how many there are."""
        for file in sorted(self.folder.glob("*.npz")):
            if file.name in self.known:
                continue
            self.known.add(file.name)
            held = np.load(file)
            at = np.r_[0, np.cumsum(held["wide"])]
            letters = np.r_[0, np.cumsum([len(one) for one in held["labels"]])]
            shades, middles, halves = held["shades"], held["middles"], held["halves"]
            for n, label in enumerate(held["labels"]):
                self.strips.append(np.ascontiguousarray(shades[at[n] : at[n + 1]].T))
                self.labels.append(str(label))
                part = slice(letters[n], letters[n + 1])
                self.places.append((middles[part], halves[part]))
        return len(self.strips)


def changed(dice: random.Random, strip: Any) -> Any:
    """Now bright on dark, now dark on bright; brighter, paler, shifted up or down by a pixel."""
    shades = strip.astype(np.float32) / 255
    if dice.random() < 0.5:
        shades = 1 - shades
    if dice.random() < 0.3:
        shades = np.roll(shades, dice.choice((-2, -1, 1, 2)), 0)
    if dice.random() < 0.4:
        shades = shades ** dice.uniform(0.6, 1.7)
    if dice.random() < 0.2:
        rng = np.random.default_rng(dice.getrandbits(32))
        shades = shades + rng.normal(0, dice.uniform(0.01, 0.06), shades.shape)
    return shades.clip(0, 1)


def batch_of(dice: random.Random, shards: Shards, chosen: list[int]) -> tuple[Any, Any, Any, Any]:
    """Strips padded to the widest, what stands at each step, and their labels for CTC."""
    widest = max(shards.strips[n].shape[1] for n in chosen)
    widest += -widest % 8
    block = np.zeros((len(chosen), 1, STRIP_HIGH, widest), np.float32)
    steps = np.full((len(chosen), widest // STEP_PX), IGNORED, np.int64)
    spelt, lengths = [], []
    for row, n in enumerate(chosen):
        strip, label = changed(dice, shards.strips[n]), shards.labels[n]
        wide = strip.shape[1]
        block[row, 0, :, :wide] = strip
        block[row, 0, :, wide:] = strip[:, -1:]
        steps[row, : wide // STEP_PX] = 0
        for c, middle, half in zip(label, *shards.places[n], strict=True):
            first = round((middle - 0.32 * half) / STEP_PX - 0.5)
            last = max(first + 1, round((middle + 0.32 * half) / STEP_PX + 0.5))
            steps[row, max(0, first) : last] = CODES.index(c) + 1
        spelt += [CODES.index(c) + 1 for c in label]
        lengths.append(len(label))
    return (
        torch.from_numpy(block), torch.from_numpy(steps),
        torch.tensor(spelt, dtype=torch.long), torch.tensor(lengths, dtype=torch.long),
    )  # fmt: skip


def loss_of(scores: Any, steps: Any, spelt: Any, lengths: Any) -> Any:
    """Each step for itself, and the whole word however it is spread over the steps."""
    alone = functional.cross_entropy(
        scores.reshape(-1, scores.shape[2]), steps.reshape(-1), ignore_index=IGNORED
    )
    long = (steps != IGNORED).sum(1)
    whole = functional.ctc_loss(
        functional.log_softmax(scores, 2).transpose(0, 1), spelt, long, lengths,
        zero_infinity=True,
    )  # fmt: skip
    return alone + 0.15 * whole, alone


def train(folder: Path, state: Path, model: Path, minutes: float) -> None:
    """Train until so many minutes of clock have gone by over all runs, then write the model."""
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    net, shards = NumberNet(), Shards(folder)
    best = torch.optim.AdamW(net.parameters(), lr=PEAK_RATE, weight_decay=1e-3)
    done_s, step, seen = 0.0, 0, 0
    if state.exists():
        kept = torch.load(state)
        net.load_state_dict(kept["net"])
        best.load_state_dict(kept["best"])
        done_s, step, seen = kept["done_s"], kept["step"], kept["seen"]
    dice = random.Random(SEED + step)
    began = saved = time.monotonic()
    queue: list[list[int]] = []
    shown = [0.0, 0.0]
    while (spent := done_s + time.monotonic() - began) < minutes * 60:
        if not queue:
            while shards.take_in() < 4 * BATCH:
                time.sleep(5)
            order = list(range(len(shards.strips)))
            dice.shuffle(order)
            order = order[: 100 * BATCH]  # then look for new shards
            order.sort(key=lambda n: shards.strips[n].shape[1] + dice.uniform(0, 30))
            queue = [order[n : n + BATCH] for n in range(0, len(order), BATCH)]
            dice.shuffle(queue)
        share = spent / (minutes * 60)
        warm = min(1.0, (step + 1) / 100)
        for group in best.param_groups:
            group["lr"] = PEAK_RATE * warm * max(0.005, 0.5 * (1 + math.cos(math.pi * share)))
        chosen = queue.pop()
        block, steps, spelt, lengths = batch_of(dice, shards, chosen)
        loss, alone = loss_of(net(block), steps, spelt, lengths)
        best.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        best.step()
        step, seen = step + 1, seen + len(chosen)
        shown = [shown[0] * 0.97 + 0.03 * float(loss), shown[1] * 0.97 + 0.03 * float(alone)]
        if step % 50 == 0:
            print(
                f"{spent / 60:.1f} min, step {step}, {seen} strips of {len(shards.strips)}, "
                f"loss {shown[0]:.3f}, alone {shown[1]:.3f}", flush=True,
            )  # fmt: skip
        if time.monotonic() - saved > CHECKPOINT_S:
            saved = time.monotonic()
            _keep(state, net, best, (spent, step, seen))
            exported(net, model)
    _keep(state, net, best, (minutes * 60, step, seen))
    exported(net, model)


def _keep(state: Path, net: Any, best: Any, reached: tuple[float, int, int]) -> None:
    part = state.with_suffix(".part")
    torch.save(
        {"net": net.state_dict(), "best": best.state_dict(),
         **dict(zip(("done_s", "step", "seen"), reached, strict=True))}, part,
    )  # fmt: skip
    part.rename(state)


def exported(net: Any, model: Path) -> None:
    """Write the network as ONNX, its norms folded into its weights."""
    net.eval()
    part = model.with_suffix(".part")
    torch.onnx.export(
        net, torch.zeros(1, 1, STRIP_HIGH, 128), str(part), opset_version=13,
        input_names=["strips"], output_names=["scores"],
        dynamic_axes={"strips": {0: "n", 3: "wide"}, "scores": {0: "n", 1: "steps"}},
    )  # fmt: skip
    part.rename(model)
    net.train()


if __name__ == "__main__":
    train(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), float(sys.argv[4]))
