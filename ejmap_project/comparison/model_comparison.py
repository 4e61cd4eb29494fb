"""The trained members of both models as an artefact: a table of them, written and plotted."""

import pandas as pd

from ejmap_project.artefact import Artefact, Facts
from ejmap_project.comparison.hyperparameters import metric_of
from ejmap_project.comparison.member_plots import comparison_plots
from ejmap_project.comparison.members import HYPERPARAMETER, member_table
from ejmap_project.comparison.published_scores import every_member
from ejmap_project.comparison.split_scores import maps_by_split, split_table
from ejmap_project.digest import content_version
from ejmap_project.figures import saved_figures
from ejmap_project.files.table_file import read_table, write_table_and_csv
from ejmap_project.models.model_version import configured_version
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import MODEL_KINDS, ModelKind
from ejmap_project.scoring.tile_scoring import PIXEL, TEST, TILE, score

ABOUT = ["model", "version", "iteration", "locations", "samples"]


def compare_models(project: OpenProject) -> Artefact:
    """Write what every trained member is, what it learned from and how good it is, and plot it.

    Raises:
        StepError: If a member is incomplete.
        SourceError: If published scores do not fit.
    """
    paths = project.paths
    index = read_table(paths.split_index) if paths.split_index.is_file() else None
    members = member_table(every_member(project), index)
    write_table_and_csv(members, paths.model_comparison)
    scores = read_table(paths.map_scores)
    tile_f1, pixel_f1 = (score(scores, "f1", scope=TEST, level=level) for level in (TILE, PIXEL))
    configured: dict[ModelKind, str] = {
        kind: configured_version(project, kind).name for kind in MODEL_KINDS
    }
    plots = comparison_plots(
        members,
        configured=configured,
        reference=configured_version(project, "ejseg").key,
        own_map=(tile_f1, pixel_f1),
    )
    splits = split_table(maps_by_split(members))
    folder = paths.model_comparison.with_suffix("")
    if len(splits):
        write_table_and_csv(splits, folder / "splits.parquet")
    return Artefact(
        content=content_version(members.to_csv(index=False)),
        metadata={
            **_numbers(members),
            "not_plotted": dict(plots.missing),
            "members": _summary(members),
            **({"splits": splits} if len(splits) else {}),
            "path": str(paths.model_comparison),
            **saved_figures(plots.figures, folder),
        },
    )


def _numbers(members: pd.DataFrame) -> Facts:
    found: Facts = {}
    for kind in MODEL_KINDS:
        part = members[members["model"] == kind]
        found[f"{kind}_members"] = len(part)
        found[f"{kind}_versions"] = int(part["version"].nunique())
        metric = metric_of(part)
        if metric is not None:
            best = part.sort_values(metric, ascending=False).iloc[0]
            found[f"best_{kind}"] = f"{best['version']}, iteration {best['iteration']}"
            found[f"best_{kind}_{metric}"] = float(part[metric].max())
            found[f"mean_{kind}_{metric}"] = float(part[metric].mean())
    return found


def _summary(members: pd.DataFrame) -> pd.DataFrame:
    """Return what fits the screen: the best first, without hyperparameters."""
    kept = [name for name in members.columns if not name.startswith(HYPERPARAMETER)]
    scores = [name for name in kept if name.startswith(("test_f", "test_i", "val_f", "val_i"))]
    order = [name for name in ("test_f1", "val_f1") if name in scores]
    ranked = members[[*ABOUT, *scores]].sort_values(
        ["model", *order], ascending=[True, *(False for _ in order)]
    )
    # A number may be missing, which tables of the UI show as nothing.
    return ranked.astype(dict.fromkeys(("locations", "samples", *scores), float))
