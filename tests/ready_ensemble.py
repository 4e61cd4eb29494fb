"""The smallest ready-made ensembles: constant networks, written as the package holds real ones."""

from dataclasses import replace
from pathlib import Path

from ejmap_ml.bundles.bundle import Provenance
from ejmap_ml.calibration.area_interval import AreaInterval
from ejmap_ml.calibration.conformal import Conformal
from ejmap_ml.calibration.promised_recall import RecallCurve
from ejmap_ml.config.bands import Reads
from ejmap_ml.ejseg.view_ranges import ViewRanges
from ejmap_ml.ready.ensembles import CARD, ReadyEnsemble
from tests.constant_models import constant_bundle
from tests.tiny_presets import POLAR

CARD_TEXT = "# A test ensemble\n\nSays the same everywhere.\n"
# Of 99 craters, masks above one half find 95 %, and areas lie near those that were expected.
PROMISES = Conformal(
    recall=RecallCurve(thresholds=(0.1, 0.5, 0.8), mean_recall=(0.99, 0.95, 0.6), craters=99),
    area=AreaInterval(low=-0.1, high=0.1, least_spread=1.0, craters=99),
)


def write_ready(
    root: Path,
    name: str,
    *,
    preset: str = POLAR,
    probabilities: tuple[float, ...] = (0.75, 0.9),
    scores: dict[str, float] | None = None,
    conformal: Conformal | None = None,
    reads: Reads | None = None,
    view_ranges: ViewRanges | None = None,
) -> ReadyEnsemble:
    """Write an ensemble of constant networks.

    Args:
        root: Folder of ensembles.
        name: Name of the ensemble.
        preset: Configuration of its members, as YAML.
        probabilities: What each member says.
        scores: Scores that the members bring along.
        conformal: What the ensemble promises.
        reads: The bands that they state to read.
        view_ranges: What the views were like that they learned from.
    """
    folder = root / name
    for number, probability in enumerate(probabilities):
        bundle = constant_bundle(preset, probability, reads=reads)
        provenance = Provenance(created_utc="2026-01-02", seed=number, scores=scores or {})
        made = replace(bundle, provenance=provenance, conformal=conformal, view_ranges=view_ranges)
        made.save(folder / f"member_{number:02d}")
    (folder / CARD).write_text(CARD_TEXT, encoding="utf-8")
    return ReadyEnsemble(folder)
