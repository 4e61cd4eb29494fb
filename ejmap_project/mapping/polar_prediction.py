"""Step 3 of a crater with a polar EJSEG: what its members say in the polar view."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.polar import PolarGrid
from ejmap_geo.masks.mosaic import combine_members
from ejmap_geo.rasters.polar_file import read_polar_view, write_polar_view
from ejmap_project.artefact import Artefact, Picture
from ejmap_project.digest import content_version
from ejmap_project.errors import StepError
from ejmap_project.mapping.crater_inputs import CraterWork
from ejmap_project.pictures import probability_rgb, view_rgb

COMBINED_BANDS = ("probability", "vote_fraction")
MEMBER_BAND = "member_{:02d}"
GAP_PX = 4


def predict_polar(work: CraterWork, crater: Crater, *, tags: Mapping[str, str]) -> Artefact:
    """Write the probability of ejecta in the polar view of a crater, by the promoted EJSEG.

    The file holds the ensemble's mean probability and vote fraction and, because members vote in
    pixels of the map and not in polar cells, the probability of each member.

    Raises:
        StepError: If the EJSEG that maps the craters does not look at polar views.
        TileStoreError: If the tile store was made for another kind of model.
    """
    from ejmap_ml.ejseg.polar_data import GROUP, VIEW
    from ejmap_ml.ejseg.polar_predict import predict_view
    from ejmap_ml.ejseg.polar_view import polar_grid
    from ejmap_ml.stores.tile_group import TileStore

    plan = work.tile_plan.polar
    if plan is None:
        raise StepError(
            "the EJSEG that maps the craters looks at tiles, so there is no polar prediction; "
            "promote a polar EJSEG"
        )
    view = TileStore.open(work.paths.tile_store(crater.key))[GROUP].read(VIEW)[0]
    view = view.astype(np.float32)
    members = np.stack([predict_view(network, view) for network in work.ejseg.members])
    layers = combine_members(member.copy() for member in members)
    path = work.paths.polar_prediction(crater.key)
    grid = polar_grid(crater, body=work.basemap.grid.body, config=plan.view)
    bands = np.concatenate([[layers.probability, layers.vote_fraction], members])
    write_polar_view(path, bands, polar=grid, band_names=band_names(len(members)), tags=tags)
    return Artefact(
        content=content_version(bands),
        metadata={
            "crater": crater.name,
            "members": len(members),
            "cells_above_one_half": int(np.count_nonzero(layers.probability > 0.5)),
            "largest_probability": float(layers.probability.max()),
            "outer_radii": grid.outer_radii,
            "path": str(path),
            "picture": Picture(_picture(view[0], layers.probability), alt="view, probability"),
        },
    )


def band_names(member_count: int) -> tuple[str, ...]:
    """Return the names of the bands of an ensemble's polar prediction."""
    return (*COMBINED_BANDS, *(MEMBER_BAND.format(number) for number in range(member_count)))


def read_polar_members(
    work: CraterWork, crater: Crater
) -> tuple[list[NDArray[np.float32]], PolarGrid]:
    """Return what each member says in the polar view of a crater, ``(rows, cols)`` each.

    Raises:
        StepError: If the prediction is missing.
        RasterError: If the file is no polar view.
    """
    path = work.paths.polar_prediction(crater.key)
    if not path.is_file():
        raise StepError(f"{path} is missing; materialise polar_prediction first")
    bands, grid = read_polar_view(
        path, body=work.basemap.grid.body, center=crater.center, radius_m=crater.radius_m
    )
    return [values for name, values in bands.items() if name not in COMBINED_BANDS], grid


def _picture(band: NDArray[np.floating], probability: NDArray[np.float32]) -> NDArray[np.uint8]:
    seen = view_rgb(band)
    gap = np.full((GAP_PX, *seen.shape[1:]), 255, np.uint8)
    return np.concatenate([seen, gap, probability_rgb(probability[::-1])])
