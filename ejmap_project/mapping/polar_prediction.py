"""Step 3 of a crater with a polar EJSEG: what its members say in the polar view."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.grid import AzimuthalGrid
from ejmap_geo.grids.polar import PolarGrid
from ejmap_geo.maps.raster_style import ramp, ramp_style, write_style
from ejmap_geo.masks.mosaic import HALF, EnsembleLayers, combine_members, is_set, past_border
from ejmap_geo.masks.polar_members import layers_beside, layers_of_views, stated_layers
from ejmap_geo.rasters.polar_file import read_polar_view, write_polar_view
from ejmap_project.artefact import Artefact, Picture, drawing
from ejmap_project.digest import content_version
from ejmap_project.errors import StepError
from ejmap_project.files.raster_tags import MOSAIC, crater_words, inherited, meaning
from ejmap_project.mapping.crater_inputs import CraterWork
from ejmap_project.pictures.shades import probability_legend, probability_rgb, view_rgb
from ejmap_project.pictures.sheet import Panel, sheet, titled

COMBINED_BANDS = ("probability", "vote_fraction")
BORDER_BAND = "border"
MEMBER_BAND = "member_{:02d}"


def predict_polar(work: CraterWork, crater: Crater, *, tags: Mapping[str, str]) -> Artefact:
    """Write the probability of ejecta in the polar view of a crater, by the promoted EJSEG.

    The file holds the ensemble's mean probability and vote fraction, the probability at which
    ejecta begin and, because members vote in pixels of the map and not in polar cells, the
    probability of each member.

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
    border = np.broadcast_to(work.ejseg.border[:, None], members.shape[1:])
    layers = combine_members(past_border(member, border).copy() for member in members)
    probability = members.mean(axis=0)
    path = work.paths.polar_prediction(crater.key)
    grid = polar_grid(crater, body=work.basemap.grid.body, config=plan.view)
    bands = np.concatenate([[probability, layers.vote_fraction, border], members])
    told = meaning(
        f"ejecta of {crater_words(crater)} in its polar view",
        "probabilities and shares, 0 to 1; x: azimuth in degrees; y: logarithm of range",
    )
    told |= inherited(work.paths.azimuthal_mosaic(crater.key), MOSAIC)
    names = band_names(len(members))
    write_polar_view(path, bands, polar=grid, band_names=names, tags={**tags, **told})
    write_style(path, ramp_style(ramp(0, 1)))
    return Artefact(
        content=content_version(bands),
        metadata={
            "crater": crater.label,
            "members": len(members),
            "cells_with_ejecta": int(np.count_nonzero(is_set(layers.probability))),
            "largest_probability": float(probability.max()),
            "outer_radii": grid.outer_radii,
            "path": str(path),
            "picture": _picture(crater, view[0], probability),
        },
    )


def band_names(member_count: int) -> tuple[str, ...]:
    """Return the names of the bands of an ensemble's polar prediction."""
    members = (MEMBER_BAND.format(number) for number in range(member_count))
    return (*COMBINED_BANDS, BORDER_BAND, *members)


class PolarPrediction(NamedTuple):
    """What an ensemble says in the polar view of a crater.

    Attributes:
        members: Probability of ejecta by each member, ``(rows, cols)`` each.
        border: Probability at which ejecta begin, ``(rows, cols)``.
        polar: Grid of both.
    """

    members: list[NDArray[np.float32]]
    border: NDArray[np.float32]
    polar: PolarGrid

    @property
    def probability(self) -> NDArray[np.float32]:
        """Mean probability of the members, ``(rows, cols)``."""
        return np.mean(self.members, axis=0)

    @property
    def past_border(self) -> list[NDArray[np.float32]]:
        """What each member says, measured by the border: above one half is ejecta."""
        return [past_border(member, self.border) for member in self.members]


def layers_around(
    told: PolarPrediction, azimuthal: AzimuthalGrid
) -> tuple[EnsembleLayers, NDArray[np.float32]]:
    """Return what decides mask and votes, above one half, and the probability of ejecta.

    Args:
        told: What the ensemble says in the polar view.
        azimuthal: Grid of the result, about the same centre.
    """
    members, polar = told.past_border, told.polar
    if (told.border == HALF).all():
        layers = layers_of_views(members, polar=polar, azimuthal=azimuthal)
        return layers, layers.probability
    return layers_beside(members, told.probability, polar=polar, azimuthal=azimuthal)


def stated_around(
    told: PolarPrediction, azimuthal: AzimuthalGrid, *, by_votes: bool
) -> NDArray[np.uint8]:
    """Return the layers of :func:`layers_around` in one byte a pixel, with the mask they decide.

    Args:
        told: What the ensemble says in the polar view.
        azimuthal: Grid of the result, about the same centre.
        by_votes: Whether the votes of members decide, instead of their mean.

    Returns:
        Levels of probability, levels of votes and mask, ``(3, rows, cols)``.
    """
    probability = None if (told.border == HALF).all() else told.probability
    return stated_layers(
        told.past_border, probability, by_votes=by_votes, polar=told.polar, azimuthal=azimuthal
    )


def read_polar_prediction(work: CraterWork, crater: Crater) -> PolarPrediction:
    """Return what an ensemble says in the polar view of a crater.

    Raises:
        StepError: If the prediction is missing.
        RasterError: If the file is no polar view, or none of this version.
    """
    path = work.paths.polar_prediction(crater.key)
    if not path.is_file():
        raise StepError(f"{path} is missing; materialise polar_prediction first")
    bands, grid = read_polar_view(
        path, body=work.basemap.grid.body, center=crater.center, radius_m=crater.radius_m
    )
    if BORDER_BAND not in bands:
        raise StepError(f"{path} has no band {BORDER_BAND}; materialise polar_prediction again")
    others = (*COMBINED_BANDS, BORDER_BAND)
    members = [values for name, values in bands.items() if name not in others]
    return PolarPrediction(members, bands[BORDER_BAND], grid)


@drawing
def _picture(
    crater: Crater, band: NDArray[np.floating], probability: NDArray[np.float32]
) -> Picture:
    panels = [
        Panel(view_rgb(band), "polar view: azimuth to the right, range upwards"),
        Panel(probability_rgb(probability[::-1]), "probability of ejecta"),
    ]
    title = titled(crater, "polar view, rays are vertical stripes")
    return Picture(sheet(panels, title=title, legend=probability_legend()), alt=title)
