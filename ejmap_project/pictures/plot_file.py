"""Plots as PNG files."""

import io

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure


def png_of(figure: Figure, *, dpi: int) -> bytes:
    """Return a figure as PNG, drawn once: ``savefig`` draws it a first time for its layout alone.

    Args:
        figure: The plot; it keeps the resolution.
        dpi: Pixels an inch.
    """
    figure.set_dpi(dpi)
    buffer = io.BytesIO()
    FigureCanvasAgg(figure).print_png(buffer)
    return buffer.getvalue()
