"""From polar views to ejecta probabilities on the crater's azimuthal raster."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from ejmap_geo.grids.grid import AzimuthalGrid
from ejmap_geo.grids.polar import PolarGrid
from ejmap_geo.masks.mosaic import HALF, EnsembleLayers, past_border
from ejmap_geo.masks.polar_members import layers_of_views
from ejmap_ml.ejseg.polar_view import VALID_CHANNEL


def predict_view(network: nn.Module, view: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the probability of ejecta in every cell of a view.

    Args:
        network: Polar EJSEG in eval mode, on any device.
        view: ``(channel, rows, cols)`` of :func:`polar_view.polar_view`.

    Returns:
        ``(rows, cols)`` in 0..1; 0 where the mosaic has no data.
    """
    device = next(network.parameters()).device
    image = torch.from_numpy(view)[None].to(device, memory_format=torch.channels_last)
    with torch.inference_mode():
        probability = network(image).float().sigmoid()[0, 0].cpu().numpy()
    return probability * view[VALID_CHANNEL]


def map_crater(
    networks: Sequence[nn.Module],
    view: NDArray[np.float32],
    *,
    polar: PolarGrid,
    azimuthal: AzimuthalGrid,
    border: NDArray[np.float32] = HALF,
) -> EnsembleLayers:
    """Map the ejecta of one crater by an ensemble.

    Args:
        networks: Members of the ensemble, in eval mode.
        view: The crater's polar view.
        polar: Grid of ``view``.
        azimuthal: Grid of the result, about the same centre.
        border: Probability at which ejecta begin, by row of the view or one for all.

    Returns:
        Layers on ``azimuthal``, probabilities measured by the border of ejecta: what is above one
        half is ejecta; 0 within the inner and beyond the outer edge of the view.

    Raises:
        RasterError: If there is no network, or the grids have different centres.
    """
    views = (past_border(predict_view(network, view), border[:, None]) for network in networks)
    return layers_of_views(views, polar=polar, azimuthal=azimuthal)
