"""Predictions of the published networks and of the polar one, against a plain Lightning predict."""

import argparse
import logging
import statistics
import time
import warnings
from collections.abc import Callable

import lightning.pytorch as pl
import numpy as np
import torch
from geo.measure import Row, arguments, in_turns, print_table
from networks import gflops, operations, scene, untrained
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid
from ejmap_ml.bundles.inference import InferenceNetwork, fastest_precision, inference_device
from ejmap_ml.bundles.network import NormalizedNetwork, build_network
from ejmap_ml.config.model_config import ModelConfig, load_preset
from ejmap_ml.config.polar_config import PolarUnetConfig
from ejmap_ml.ejseg.polar_predict import map_crater, predict_view
from ejmap_ml.ejseg.polar_view import polar_grid, polar_view

TILES = 32
TRAINING_STEPS = 20
CASES = (
    # Preset and what was promised.
    ("ejseg_v200", 3.0),
    ("ejconn_v32", 1.5),
)


class _Plain(pl.LightningModule):
    """A network as Lightning predicts with it when nothing is said."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def predict_step(self, batch: list[Tensor], batch_idx: int) -> Tensor:
        """Return probabilities."""
        del batch_idx
        return self.network(*batch).sigmoid()


def main() -> None:
    """Print the table and how well masks agree."""
    warnings.filterwarnings("ignore", module="lightning")
    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    chosen = arguments(__doc__ or "")
    device = inference_device()
    precision = fastest_precision(device)
    rate_gflops = gflops(device, precision, runs=chosen.runs)
    rows: list[Row] = []
    notes: list[str] = []
    for preset, wanted in CASES:
        config = load_preset(preset)
        network = _trained(config) if config.metadata_size else untrained(config)
        ready = InferenceNetwork(network, device=device, precision=precision)
        inputs = scene(config, TILES, side_px=256, seed=1)[0]
        loader = DataLoader(TensorDataset(*inputs), batch_size=4)
        trainer = pl.Trainer(
            accelerator=device.type if device.type == "cuda" else "cpu",
            logger=False,
            enable_progress_bar=False,
            enable_checkpointing=False,
            enable_model_summary=False,
        )
        plain = _Plain(network)
        ours_s, plain_s = in_turns(
            lambda of=ready, x=inputs: _predicted(of, x, TILES),
            lambda of=plain, x=loader, by=trainer: by.predict(of, x),
            chosen,
        )
        floor_s = TILES * operations(ready, inputs) / 1e9 / rate_gflops
        name = f"{preset}, {TILES} tiles, {precision}"
        rows.append(Row(name=name, ours=ours_s, plain=plain_s, wanted=wanted, floor_s=floor_s))
        if config.metadata_size:
            # Lightning has moved the network to the device.
            exact = _predicted(network.to(device), inputs, 4) > 0.5
            iou = _iou(exact, _predicted(ready, inputs, TILES) > 0.5)
            notes.append(f"{preset}: IoU of the masks with float32 {iou:.4f}")
        if device.type == "cuda":
            share = floor_s / ours_s.seconds
            notes.append(f"{preset}: {TILES / ours_s.seconds:.0f} tiles/s, {share:.0%} of the rate")
    print_table(rows)
    print("\n".join([*notes, _polar(chosen)]))


def _polar(chosen: argparse.Namespace) -> str:
    """Say what the polar model takes for a crater on a processor, from mosaic to raster."""
    config = load_preset("ejseg_polar")
    if not isinstance(config.architecture, PolarUnetConfig):
        raise TypeError("ejseg_polar is the polar model")
    torch.manual_seed(0)
    plain = NormalizedNetwork(build_network(config), None).eval()
    network = InferenceNetwork(plain, device=torch.device("cpu"), precision="float32")
    basemap = BasemapGrid(body=MERCURY, width_px=chosen.width)
    crater = Crater(crater_id=1, name="", center=LonLat(31.4159, 27.1828), radius_m=20_000.0)
    azimuthal = AzimuthalGrid.reaching(
        MERCURY,
        center=crater.center,
        resolution_m=basemap.resolution_m,
        reach_m=0.25 * MERCURY.half_circumference_m,
    )
    raster = np.random.default_rng(1).integers(1, 256, (3, *basemap.shape), dtype=np.uint8)
    view_config = config.architecture.view
    view = polar_view(raster, basemap=basemap, crater=crater, config=view_config)
    polar = polar_grid(crater, body=MERCURY, config=view_config)
    parts_s = {
        "the view": _cpu_s(
            lambda: polar_view(raster, basemap=basemap, crater=crater, config=view_config), chosen
        ),
        "the network": _cpu_s(lambda: predict_view(network, view), chosen),
        "network and way back to the raster of 0.25 pi R": _cpu_s(
            lambda: map_crater([network], view, polar=polar, azimuthal=azimuthal), chosen
        ),
    }
    told = ", ".join(f"{name} {seconds:.3f}" for name, seconds in parts_s.items())
    return f"ejseg_polar, a crater of 20 km, CPU s: {told}; asked are 0.2"


def _cpu_s(work: Callable[[], object], chosen: argparse.Namespace) -> float:
    # The allocator takes a few runs to find out what to keep.
    for _ in range(5):
        work()
    spent_s: list[float] = []
    for _ in range(chosen.runs):
        begun_s = time.process_time()
        work()
        spent_s.append(time.process_time() - begun_s)
    return statistics.median(spent_s)


def _predicted(network: nn.Module, inputs: tuple[Tensor, ...], batch_size: int) -> Tensor:
    device = next(network.parameters()).device
    with torch.inference_mode():
        parts = [
            network(*(one[start : start + batch_size].to(device) for one in inputs)).sigmoid()
            for start in range(0, TILES, batch_size)
        ]
    return torch.cat(parts).cpu()


def _trained(config: ModelConfig) -> NormalizedNetwork:
    """Return a network that tells bright patches: of random weights masks mean nothing."""
    network = untrained(config).train()
    optimizer = torch.optim.AdamW(network.parameters(), lr=2e-3)
    for step in range(TRAINING_STEPS):
        inputs, bright = scene(config, 4, side_px=128, seed=100 + step)
        loss = functional.binary_cross_entropy_with_logits(network(*inputs), bright)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return network.eval()


def _iou(one: Tensor, other: Tensor) -> float:
    return float((one & other).sum() / (one | other).sum().clamp(min=1))


if __name__ == "__main__":
    main()
