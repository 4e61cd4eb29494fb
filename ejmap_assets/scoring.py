"""How well masks agree with known ejecta, beside rules that a person would try first."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields

import numpy as np
import pandas as pd

from ejmap_assets.connections import read_connections, tile_windows
from ejmap_assets.crater_work import Basemap, azimuthal_grid
from ejmap_assets.known_planets import ejecta_around, known_planets
from ejmap_assets.resources import OpenProject
from ejmap_geo.agreement import Confusion, OriginAgreement, origin_agreement, placed_confusion
from ejmap_geo.craters import Crater
from ejmap_geo.masks import PlacedMask
from ejmap_geo.synthetic.planet import Planet
from ejmap_ml.baselines import (
    RuleHistogram,
    feature_names,
    rule_histogram,
    score_rule,
    tune_rules,
)

CHAIN = "EJMAP"
POOLED = "all craters"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRow:
    """Scores of one method on one crater or on all of them.

    Attributes:
        method: The chain or the rule.
        crater: Key of the crater, or "all craters" where pixels are pooled.
        pixel_f1: Agreement of pixels on the basemap; so are IoU, precision and recall.
        iou: Intersection over union.
        precision: Share of the mapped that is true.
        recall: Share of the true that is mapped.
        tile_f1: Agreement of EJCONN's connected tiles with tiles that hold true ejecta.
        origin_accuracy: Share of detected ejecta pixels that carry a right crater.
        claim_precision: Share of the claims of craters on detected ejecta pixels that are right;
            unlike origin accuracy it falls when a pixel is given to several craters to be safe.
        setting: What a rule was tuned to.
    """

    method: str
    crater: str = POOLED
    pixel_f1: float = np.nan
    iou: float = np.nan
    precision: float = np.nan
    recall: float = np.nan
    tile_f1: float = np.nan
    origin_accuracy: float = np.nan
    claim_precision: float = np.nan
    setting: str = ""


def score_table(rows: Iterable[ScoreRow]) -> pd.DataFrame:
    """Return scores as a table, one row each."""
    names = pd.Index([field.name for field in fields(ScoreRow)])
    return pd.DataFrame([asdict(row) for row in rows], columns=names)


def score_chain(
    project: OpenProject,
    basemap: Basemap,
    *,
    predicted: Mapping[int, PlacedMask],
    actual: Mapping[int, PlacedMask],
) -> list[ScoreRow]:
    """Score the masks of a project: all craters pooled, then each.

    Args:
        project: The project.
        basemap: Its mosaic.
        predicted: Masks by crater id; a crater that could not be mapped is an empty mask.
        actual: Known ejecta by crater id.
    """
    craters = [one for one in project.craters().values() if one.crater_id in actual]
    rows: list[ScoreRow] = []
    pixels, tiles = Confusion(), Confusion()
    for crater in craters:
        found = predicted.get(crater.crater_id, PlacedMask.empty())
        truth = actual[crater.crater_id]
        crater_pixels = placed_confusion(found, truth, basemap=basemap.grid)
        crater_tiles = _tile_confusion(project, crater, truth, basemap)
        pixels, tiles = pixels + crater_pixels, tiles + crater_tiles
        rows.append(_row(crater_pixels, crater_tiles, crater=crater.key))
    origin = origin_agreement(predicted, actual, basemap=basemap.grid)
    return [_row(pixels, tiles, crater=POOLED, origin=origin), *rows]


def score_rules(
    project: OpenProject, basemap: Basemap, *, actual: Mapping[int, PlacedMask]
) -> list[ScoreRow]:
    """Tune the three rules on the training craters and score them on those of the map."""
    training = _histogram(planet for _, planet in known_planets(project))
    craters = [one for one in project.craters().values() if one.crater_id in actual]
    mapped = Planet(
        raster=basemap.raster, basemap=basemap.grid, craters=tuple(craters), truth=dict(actual)
    )
    test = _histogram([mapped])
    names = feature_names(basemap.raster.shape[0])
    return [
        ScoreRow(method=rule.rule, pixel_f1=score_rule(rule, test), setting=rule.describe(names))
        for rule in tune_rules(training)
    ]


def _histogram(planets: Iterable[Planet]) -> RuleHistogram:
    total: RuleHistogram | None = None
    for planet in planets:
        one = rule_histogram(
            planet.raster, planet.truth, basemap=planet.basemap, craters=planet.craters
        )
        total = one if total is None else total + one
    if total is None:
        raise ValueError("rules are tuned on at least one planet")
    return total


def _tile_confusion(
    project: OpenProject, crater: Crater, truth: PlacedMask, basemap: Basemap
) -> Confusion:
    path = project.paths.connections(crater.key)
    if not path.is_file():
        return Confusion()
    table = read_connections(path)
    grid = azimuthal_grid(crater, basemap.grid)
    ejecta = ejecta_around(truth, basemap=basemap.grid, azimuthal=grid)
    is_true = np.array([ejecta[window.slices].any() for window in tile_windows(table)])
    is_found = table["is_connected"].to_numpy()
    return Confusion(
        true_positive=int(np.sum(is_found & is_true)),
        false_positive=int(np.sum(is_found & ~is_true)),
        false_negative=int(np.sum(~is_found & is_true)),
        true_negative=int(np.sum(~is_found & ~is_true)),
    )


def _row(
    pixels: Confusion, tiles: Confusion, *, crater: str, origin: OriginAgreement | None = None
) -> ScoreRow:
    return ScoreRow(
        method=CHAIN,
        crater=crater,
        pixel_f1=pixels.f1,
        iou=pixels.iou,
        precision=pixels.precision,
        recall=pixels.recall,
        tile_f1=tiles.f1,
        origin_accuracy=np.nan if origin is None else origin.origin_accuracy,
        claim_precision=np.nan if origin is None else origin.claim_precision,
    )
