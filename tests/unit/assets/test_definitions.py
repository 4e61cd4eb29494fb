"""The code location: it loads without heavy imports, and its definitions are complete."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import dagster as dg
import pytest

from ejmap_assets.checks.registry import checks_of, crater_checks, project_checks
from ejmap_assets.definitions import build_defs
from ejmap_assets.jobs import build_asset_jobs
from ejmap_assets.lineage.rows import LINEAGE
from ejmap_assets.lineage.selection import partitioned_by
from ejmap_assets.partitions import Partitioning

GROUPS = {"sources", "training", "models", "craters", "map", "evaluation", "vetting"}


@pytest.fixture(scope="module")
def defs() -> dg.Definitions:
    """A fresh code location."""
    return build_defs()


def test_the_code_location_loads(defs: dg.Definitions) -> None:
    """The code location loads: assets, checks, jobs and resources fit together."""
    dg.Definitions.validate_loadable(defs)


def test_loading_imports_neither_torch_nor_a_plotting_window() -> None:
    """Loading the code location imports no torch and no pyplot, which cost each run seconds."""
    heavy = "'torch', 'lightning', 'timm', 'segmentation_models_pytorch', 'matplotlib.pyplot'"
    code = f"import sys, ejmap_assets.definitions\nprint(sorted(set(sys.modules) & {{{heavy}}}))"

    found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)

    assert found.stdout.decode().strip() == "[]"


def test_every_asset_of_the_lineage_is_declared_with_its_inputs(defs: dg.Definitions) -> None:
    """The assets that Dagster loads and their inputs equal the lineage."""
    specs = {spec.key.to_user_string(): spec for spec in defs.resolve_all_asset_specs()}

    inputs = {
        name: {dep.asset_key.to_user_string() for dep in spec.deps} for name, spec in specs.items()
    }

    assert inputs == {name: set(node.inputs) for name, node in LINEAGE.items()}


def test_every_asset_is_described_grouped_and_owned(defs: dg.Definitions) -> None:
    """Every asset has a description, a group, an owner and kinds for the UI."""
    for spec in defs.resolve_all_asset_specs():
        assert len(spec.description or "") > 40, spec.key
        assert spec.group_name in GROUPS, spec.key
        assert spec.owners, spec.key
        assert spec.kinds, spec.key


def test_the_lineage_lists_inputs_before_what_is_made_from_them() -> None:
    """The lineage lists inputs before the assets downstream, because stages follow its order."""
    seen: set[str] = set()
    for name, node in LINEAGE.items():
        assert set(node.inputs) <= seen, name
        seen.add(name)


def test_jobs_are_named_by_what_people_do() -> None:
    """The asset jobs have these names, and each asset belongs to a job."""
    assert {job.name for job in build_asset_jobs()} == {
        "prepare",
        "vet_craters",
        "prepare_training",
        "cut_ejconn_samples",
        "cut_ejseg_samples",
        "train_ejconn",
        "train_ejseg",
        "promote",
        "roll_back_ejconn",
        "roll_back_ejseg",
        "map_craters",
        "refresh_map",
        "evaluate",
        "release_map",
    }


def test_the_steps_of_a_crater_share_one_backfill_chunk(defs: dg.Definitions) -> None:
    """All assets of a crater share one backfill policy, so a chunk is one process."""
    graph = defs.resolve_asset_graph()
    policies = {
        graph.get(dg.AssetKey(name)).backfill_policy
        for name in partitioned_by(Partitioning.CRATERS)
    }

    assert policies == {dg.BackfillPolicy.multi_run(50)}


def test_every_asset_of_a_crater_is_checked_and_shows_a_picture() -> None:
    """Every asset of a crater has a check and a picture."""
    for name in partitioned_by(Partitioning.CRATERS):
        assert checks_of(name), name
        assert LINEAGE[name].picture, name


def test_every_check_is_of_an_asset() -> None:
    """Every check names an asset of the lineage; a check of a misspelt asset would never run."""
    checked = {key.asset_key.to_user_string() for one in project_checks() for key in one.check_keys}

    assert checked | {check.asset for check in crater_checks()} <= set(LINEAGE)


def test_importing_the_code_location_asks_for_no_project(tmp_path: Path) -> None:
    """Importing the code location reads no project; only loading it or a run does."""
    (tmp_path / "project.yaml").write_text("source: [")
    code = (
        "import ejmap_project.settings.project as settings\n"
        "settings.load_project = None\n"
        "import ejmap_assets.definitions\n"
    )

    environment = {**os.environ, "EJMAP_PROJECT": str(tmp_path)}

    subprocess.run([sys.executable, "-c", code], check=True, env=environment)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("", None, id="not-stated"),
        pytest.param("mapping: {fresh_days: 7}", timedelta(days=7), id="a-week"),
    ],
)
def test_the_map_is_overdue_after_the_days_that_the_project_states(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, expected: timedelta | None
) -> None:
    """The map alone has a freshness policy, and only if somebody wants one."""
    source = "source: {kind: synthetic, seed: 5, width_px: 256, craters: 3}"
    training = "training: {kind: synthetic, seeds: [1], width_px: 256, craters: 3}"
    (tmp_path / "project.yaml").write_text(f"{source}\n{training}\n{line}\n")
    monkeypatch.setenv("EJMAP_PROJECT", str(tmp_path))

    specs = build_defs().resolve_all_asset_specs()

    found = {
        spec.key.to_user_string(): spec.freshness_policy
        for spec in specs
        if spec.freshness_policy is not None
    }
    wanted = {} if expected is None else {"global_map": expected}
    assert {name: policy.fail_window.to_timedelta() for name, policy in found.items()} == wanted
