"""Settings of clusters: one of them, and resources by kind."""

from pathlib import Path

import pytest

from ejmap_project.errors import SettingsError
from ejmap_project.settings.clusters import ClusterSettings
from ejmap_project.settings.project import load_project

PROJECT = "source: {kind: synthetic, seed: 5}\n"


def _cluster(folder: Path, stated: str) -> ClusterSettings | None:
    (folder / "project.yaml").write_text(PROJECT + stated)
    return load_project(folder).cluster


@pytest.mark.parametrize("kind", ["slurm", "ray", "kubernetes"])
def test_a_kind_of_run_keeps_the_defaults_that_it_does_not_state(tmp_path: Path, kind: str) -> None:
    """A GPU for training leaves it its memory and its twelve hours."""
    cluster = _cluster(tmp_path, f"{kind}: {{training: {{gpus: 1}}, craters: {{cores: 2}}}}\n")

    assert cluster is not None
    training, craters = cluster.resources("training"), cluster.resources("craters")
    assert (training.gpus, training.memory_gb, training.hours) == (1, 16, 12)
    assert (craters.cores, craters.memory_gb, craters.seconds) == (2, 8, 4 * 3600)
    assert cluster.resources("planet").memory_bytes == 16 * 1024**3


def test_a_project_has_one_cluster(tmp_path: Path) -> None:
    """Or none."""
    assert _cluster(tmp_path, "") is None

    with pytest.raises(SettingsError, match="ray and kubernetes are stated; remove all but one"):
        _cluster(tmp_path, "kubernetes: {}\nray: {}\n")


@pytest.mark.parametrize("label", ["a b: x", "pool: 'x y'", "-pool: x", "pööl: x", "pool: größe"])
def test_labels_of_nodes_are_those_that_kubernetes_takes(tmp_path: Path, label: str) -> None:
    """Others would be refused when the first run starts."""
    with pytest.raises(SettingsError, match="nodes"):
        _cluster(tmp_path, f"kubernetes: {{craters: {{nodes: {{{label}}}}}}}\n")
