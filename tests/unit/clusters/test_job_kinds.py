"""Which kind of job a run is."""

import dagster as dg
import pytest

from ejmap_clusters.job_kinds import KIND_TAG, kind_of


@pytest.mark.parametrize(
    ("assets", "tag", "kind"),
    [
        (("ejseg_model",), "train", "training"),
        (("crater_classifier",), "train", "training"),
        (("tile_store", "basemap_mask"), None, "craters"),
        (("global_map",), None, "planet"),
        (("basemap_mosaic", "crater_catalogue"), None, "planet"),
        ((), "train", "training"),
        ((), "map", "craters"),
        ((), None, "planet"),
    ],
)
def test_what_a_run_makes_decides_its_resources(
    assets: tuple[str, ...], tag: str | None, kind: str
) -> None:
    """Upkeep jobs select no assets; they have a tag."""
    run = dg.DagsterRun(
        job_name="any",
        run_id="0",
        asset_selection={dg.AssetKey(name) for name in assets} or None,
        tags={} if tag is None else {KIND_TAG: tag},
    )

    assert kind_of(run) == kind
