"""Networks to measure: random weights, made-up tiles, their operations, and a machine's rate."""

import statistics
import time
from collections.abc import Callable

import torch
from torch import Tensor, nn

from ejmap_ml.bundles.network import NormalizedNetwork, build_network
from ejmap_ml.bundles.normalization import Normalization
from ejmap_ml.config.model_config import ModelConfig

PRODUCTS = 8


def scene(
    config: ModelConfig, count: int, *, side_px: int, seed: int
) -> tuple[tuple[Tensor, ...], Tensor]:
    """Return noisy tiles with bright patches, and the patches."""
    generator = torch.Generator().manual_seed(seed)
    bright = (
        torch.rand((count, 1, side_px // 16, side_px // 16), generator=generator) > 0.6
    ).float()
    bright = bright.repeat_interleave(16, 2).repeat_interleave(16, 3)
    bands = 60 + 20 * torch.randn((count, 3, side_px, side_px), generator=generator) + 90 * bright
    image = torch.cat([bands, torch.full((count, 1, side_px, side_px), 5.0)], dim=1)
    if not config.metadata_size:
        return (image,), bright
    return (image, torch.full((count, config.metadata_size), 4.0)), bright


def untrained(config: ModelConfig) -> NormalizedNetwork:
    """Return a network of random weights, always the same."""
    torch.manual_seed(0)
    normalization = Normalization.fixed(bands=config.bands, extra_scale=2.0)
    return NormalizedNetwork(build_network(config), normalization).eval()


def operations(network: nn.Module, inputs: tuple[Tensor, ...]) -> float:
    """Return the floating-point operations that the convolutions of a network take a tile."""
    counts: list[float] = []

    def count(part: nn.Module, seen: tuple[Tensor, ...], made: Tensor) -> None:
        is_transposed = isinstance(part, nn.ConvTranspose2d)
        weight = next(part.parameters())
        counts.append(2.0 * weight[0].numel() * (seen[0] if is_transposed else made).numel())

    kinds = (nn.Conv2d, nn.ConvTranspose2d)
    parts = [part for part in network.modules() if isinstance(part, kinds)]
    hooks = [part.register_forward_hook(count) for part in parts]
    with torch.inference_mode():
        network(*(one[:1] for one in inputs))
    for hook in hooks:
        hook.remove()
    return sum(counts)


def gflops(device: torch.device, precision: str, *, runs: int) -> float:
    """Return how many billion operations a second a large product of matrices reaches."""
    side = 8192 if device.type == "cuda" else 2048
    kind = torch.bfloat16 if precision == "bfloat16" else torch.float32
    matrix = torch.ones((side, side), dtype=kind, device=device)

    def product() -> None:
        for _ in range(PRODUCTS):
            torch.mm(matrix, matrix)

    product()
    return PRODUCTS * 2 * side**3 / 1e9 / median_s(product, device, runs=runs)


def median_s(work: Callable[[], object], device: torch.device, *, runs: int) -> float:
    """Return the median time of some runs, each until the device is done."""
    spent_s: list[float] = []
    for _ in range(runs):
        wait_for(device)
        begun_s = time.perf_counter()
        work()
        wait_for(device)
        spent_s.append(time.perf_counter() - begun_s)
    return statistics.median(spent_s)


def wait_for(device: torch.device) -> None:
    """Wait until a GPU has done what was asked of it."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
