"""Training and prediction in bfloat16 on a GPU: images a second, and the share of the card's rate.

The rate is that of a large product of matrices in bfloat16; operations are those of convolutions,
three times as many for a step of training as for a prediction.
"""

import argparse
from collections.abc import Callable, Iterator
from typing import NamedTuple

import torch
from networks import gflops, median_s, operations, scene, untrained
from torch import Tensor
from torch.nn import functional

from ejmap_ml.bundles.inference import InferenceNetwork
from ejmap_ml.config.model_config import load_preset

PRESETS = ("ejseg_v200", "ejconn_v32")
SIDE_PX = 256
OF_TRAINING = 3


class Throughput(NamedTuple):
    """What a card does with a network.

    Attributes:
        name: Preset, and what is done.
        images_per_s: Images a second.
        share: Operations a second as a share of the card's rate.
        peak_gb: Most memory of the card.
    """

    name: str
    images_per_s: float
    share: float
    peak_gb: float


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cuda", help="cpu shows that the script works")
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--runs", type=int, default=10)
    chosen = parser.parse_args()
    device = torch.device(chosen.device)
    if device.type == "cuda" and not torch.cuda.is_available():
        raise SystemExit("torch sees no GPU; run this where `ejmap doctor` finds one")
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else "CPU"
    rate_gflops = gflops(device, "bfloat16", runs=chosen.runs)
    print(f"{name}: {rate_gflops / 1000:.3g} TFLOP/s in bfloat16, batches of {chosen.batch_size}\n")
    print("| network | images/s | share of the rate | peak |\n| --- | --- | --- | --- |")
    for one in throughputs(
        device, batch_size=chosen.batch_size, runs=chosen.runs, rate_gflops=rate_gflops
    ):
        print(f"| {one.name} | {one.images_per_s:.3g} | {one.share:.0%} | {one.peak_gb:.2f} GB |")


def throughputs(
    device: torch.device, *, batch_size: int, runs: int, rate_gflops: float
) -> Iterator[Throughput]:
    """Yield what a card does with both networks of the published study, trained and predicting."""
    for preset in PRESETS:
        config = load_preset(preset)
        inputs, target = scene(config, batch_size, side_px=SIDE_PX, seed=1)
        if not config.metadata_size:
            target = target.amax(dim=(2, 3))
        seen = [one.to(device, memory_format=_format(one)) for one in inputs]
        network = untrained(config)
        ready = InferenceNetwork(network, device=device, precision="bfloat16")
        flops = operations(ready, inputs) * batch_size
        trained = network.train().to(device).to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue] - torch declares only a part of what Module.to takes
        optimizer = torch.optim.AdamW(trained.parameters())
        goal = target.to(device)

        def step(of=trained, by=optimizer, x=seen, wanted=goal) -> None:  # noqa: ANN001 - types are those of the defaults
            with torch.autocast(device.type, torch.bfloat16):
                loss = functional.binary_cross_entropy_with_logits(of(*x).float(), wanted)
            by.zero_grad()
            loss.backward()
            by.step()

        works: dict[str, tuple[Callable[[], object], int]] = {
            "predicting": (lambda of=ready, x=seen: of(*x), 1),
            "training": (step, OF_TRAINING),
        }
        for what, (work, times) in works.items():
            spent_s, peak_gb = _measured(work, device, runs=runs)
            yield Throughput(
                name=f"{preset}, {what}",
                images_per_s=batch_size / spent_s,
                share=times * flops / 1e9 / spent_s / rate_gflops,
                peak_gb=peak_gb,
            )


def _format(one: Tensor) -> torch.memory_format:
    return torch.channels_last if one.ndim == 4 else torch.contiguous_format


def _measured(
    work: Callable[[], object], device: torch.device, *, runs: int
) -> tuple[float, float]:
    """Return the median time of a run after one that does not count, and the card's peak in GB."""
    work()
    if device.type != "cuda":
        return median_s(work, device, runs=runs), 0.0
    torch.cuda.reset_peak_memory_stats(device)
    spent_s = median_s(work, device, runs=runs)
    return spent_s, torch.cuda.max_memory_allocated(device) / 1e9


if __name__ == "__main__":
    main()
