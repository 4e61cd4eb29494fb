"""Small plots inside metadata."""

import io
from collections.abc import Mapping

import numpy as np
import pandas as pd
from dagster import MarkdownMetadataValue
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from ejmap_assets.pictures import picture

SIZE_INCHES = (4.6, 2.6)
DPI = 100


def training_curve(history: pd.DataFrame) -> MarkdownMetadataValue:
    """Plot loss and, where validated, F1 over the steps of a training.

    Args:
        history: ``step``, ``train_loss`` and perhaps ``val_f1``, one row an epoch.
    """
    figure = Figure(figsize=SIZE_INCHES, dpi=DPI, layout="constrained")
    losses = figure.add_subplot()
    losses.plot(history["step"], history["train_loss"], color="tab:blue")
    losses.set_xlabel("optimizer step")
    losses.set_ylabel("training loss", color="tab:blue")
    validated = history.dropna(subset=["val_f1"]) if "val_f1" in history.columns else None
    if validated is not None and len(validated):
        scores = losses.twinx()
        scores.plot(validated["step"], validated["val_f1"], color="tab:orange", marker=".")
        scores.set_ylabel("validation F1", color="tab:orange")
        scores.set_ylim(0, 1)
    return _embedded(figure, alt="training curve")


def score_bars(scores: Mapping[str, float]) -> MarkdownMetadataValue:
    """Plot one horizontal bar a score, 0 to 1, in the given order from the top.

    Args:
        scores: Values by name.
    """
    figure = Figure(figsize=SIZE_INCHES, dpi=DPI, layout="constrained")
    axes = figure.add_subplot()
    axes.barh(list(scores)[::-1], list(scores.values())[::-1], color="tab:blue")
    axes.set_xlim(0, 1)
    axes.grid(axis="x", alpha=0.4)
    return _embedded(figure, alt="scores")


def signed_bars(values: Mapping[str, float]) -> MarkdownMetadataValue:
    """Plot one horizontal bar a value, blue above 0 and red below, in the given order from the top.

    Args:
        values: Values by name.
    """
    height = max(SIZE_INCHES[1], 0.16 * len(values) + 0.6)
    figure = Figure(figsize=(SIZE_INCHES[0], height), dpi=DPI, layout="constrained")
    axes = figure.add_subplot()
    heights = list(values.values())[::-1]
    colors = ["tab:blue" if height > 0 else "tab:red" for height in heights]
    axes.barh(list(values)[::-1], heights, color=colors)
    axes.axvline(0, color="black", linewidth=0.8)
    axes.tick_params(axis="y", labelsize=7)
    axes.set_xlabel("grey levels brighter than beside it")
    return _embedded(figure, alt="brightness of ejecta against their surroundings")


def _embedded(figure: Figure, *, alt: str) -> MarkdownMetadataValue:
    canvas = FigureCanvasAgg(figure)
    buffer = io.BytesIO()
    canvas.print_png(buffer)
    with Image.open(buffer) as image:
        return picture(np.asarray(image.convert("RGB")), alt=alt)
