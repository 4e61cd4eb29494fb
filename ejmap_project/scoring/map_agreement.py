"""How well masks agree with known ejecta, beside rules that a person would try first."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.scores.agreement import (
    Confusion,
    OriginAgreement,
    origin_agreement,
    placed_confusion,
)
from ejmap_geo.synthetic.planet import Planet
from ejmap_ml.baselines import RuleHistogram, feature_names, rule_histogram, score_rule, tune_rules
from ejmap_ml.bundles.reliability import reliability
from ejmap_project.basemap import Basemap, azimuthal_grid
from ejmap_project.files.connection_table import read_connections, tile_windows
from ejmap_project.open_project import OpenProject
from ejmap_project.sources.known_planets import ejecta_around, known_planets

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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TileAnswers:
    """What EJCONN said of the tiles of a crater, and what is true, ``(tile,)`` each."""

    probability: NDArray[np.float64]
    is_found: NDArray[np.bool_]
    is_true: NDArray[np.bool_]

    @property
    def confusion(self) -> Confusion:
        """Tiles that are rightly and wrongly connected."""
        found, true = self.is_found, self.is_true
        return Confusion(
            true_positive=int(np.sum(found & true)),
            false_positive=int(np.sum(found & ~true)),
            false_negative=int(np.sum(~found & true)),
            true_negative=int(np.sum(~found & ~true)),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ChainScores:
    """Scores of a map.

    Attributes:
        rows: All craters pooled, then each.
        reliability: What EJCONN said of tiles beside what is true, from
            :func:`ejmap_ml.bundles.reliability.reliability`.
    """

    rows: list[ScoreRow]
    reliability: pd.DataFrame


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
) -> ChainScores:
    """Score the masks of a project, and the connections that they came from.

    Args:
        project: The project.
        basemap: Its mosaic.
        predicted: Masks by crater id; a crater that could not be mapped is an empty mask.
        actual: Known ejecta by crater id.
    """
    craters = [one for one in project.craters().values() if one.crater_id in actual]
    rows: list[ScoreRow] = []
    answers: list[TileAnswers] = []
    pixels, tiles = Confusion(), Confusion()
    for crater in craters:
        found = predicted.get(crater.crater_id, PlacedMask.empty())
        truth = actual[crater.crater_id]
        crater_pixels = placed_confusion(found, truth, basemap=basemap.grid)
        answered = _tile_answers(project, crater, truth, basemap)
        answers.append(answered)
        crater_tiles = answered.confusion
        pixels, tiles = pixels + crater_pixels, tiles + crater_tiles
        rows.append(_row(crater_pixels, crater_tiles, crater=crater.key))
    origin = origin_agreement(predicted, actual, basemap=basemap.grid)
    return ChainScores(
        rows=[_row(pixels, tiles, crater=POOLED, origin=origin), *rows],
        reliability=reliability(
            np.concatenate([np.zeros(0), *(one.probability for one in answers)]),
            np.concatenate([np.zeros(0, np.bool_), *(one.is_true for one in answers)]),
        ),
    )


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


def _tile_answers(
    project: OpenProject, crater: Crater, truth: PlacedMask, basemap: Basemap
) -> TileAnswers:
    path = project.paths.connections(crater.key)
    if not path.is_file():
        nothing = np.zeros(0, np.bool_)
        return TileAnswers(probability=np.zeros(0), is_found=nothing, is_true=nothing)
    table = read_connections(path)
    grid = azimuthal_grid(crater, basemap.grid)
    ejecta = ejecta_around(truth, basemap=basemap.grid, azimuthal=grid)
    windows = tile_windows(table)
    return TileAnswers(
        probability=table["probability"].to_numpy(np.float64),
        is_found=table["is_connected"].to_numpy(np.bool_),
        is_true=np.array([ejecta[window.slices].any() for window in windows], np.bool_),
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
