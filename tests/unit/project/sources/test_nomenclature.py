"""The table of named craters holds what the IAU published, in our units."""

import numpy as np
import pytest

from ejmap_geo.craters.catalogue import craters_of
from ejmap_project.sources.nomenclature import named_catalogue, named_craters

# Ids of the published map (Lissoni et al., 2026) for the craters mapped whole by hand.
PUBLISHED_IDS = {
    "Amaral": 10,
    "Bashō": 8,
    "Debussy": 12,
    "Degas": 13,
    "Enwonwu": 22,
    "Han Kan": 3,
    "Hokusai": 0,
    "Kuiper": 17,
    "Waters": 71,
    "Xiao Zhao": 34,
}


def test_the_ten_craters_mapped_by_hand_have_their_published_ids() -> None:
    """All others start at 200, so that no published id is taken."""
    table = named_craters().set_index("name")["crater_id"]

    assert table.loc[list(PUBLISHED_IDS)].to_dict() == PUBLISHED_IDS
    assert table.drop(list(PUBLISHED_IDS)).min() >= 200


@pytest.mark.parametrize(
    ("name", "lat_deg", "lon_deg", "diameter_km"),
    [
        # As MESSENGER's page on rayed craters gives them; it rounds.
        pytest.param("Xiao Zhao", 10.56, 123.93, 24, id="Xiao Zhao"),
        pytest.param("Hokusai", 57.8, 16.8, 114, id="Hokusai"),
        pytest.param("Kuiper", -11.35, 328.77 - 360, 62, id="Kuiper"),
    ],
)
def test_positions_agree_with_the_mission(
    name: str, lat_deg: float, lon_deg: float, diameter_km: float
) -> None:
    """Within 0.18 degrees, a pixel of the quick-look mosaic, of an independent publication."""
    row = named_craters().set_index("name").loc[name]

    assert row["lat_deg"] == pytest.approx(lat_deg, abs=0.18)
    assert row["lon_deg"] == pytest.approx(lon_deg, abs=0.18)
    assert row["diameter_km"] == diameter_km


def test_the_table_is_complete_and_without_doubles() -> None:
    """At least seventeen rayed craters, unique ids, and known kinds of rays."""
    table = named_craters()

    assert table["has_rays"].sum() >= 17
    assert table["crater_id"].is_unique
    assert table["iau_id"].is_unique
    assert set(table["rays"]) == {"bright", "dark", "none"}
    assert not table.isna().to_numpy().any()


def test_the_catalogue_is_in_metres_and_sorted() -> None:
    """Hokusai, id 0, comes first with half its 114 km; craters without rays can be left out."""
    craters = craters_of(named_catalogue(only_rayed=False))
    rayed = craters_of(named_catalogue(only_rayed=True))

    assert (craters[0].name, craters[0].radius_m) == ("Hokusai", 57_000)
    assert np.all(np.diff([crater.crater_id for crater in craters]) > 0)
    assert len(rayed) == named_craters()["has_rays"].sum() < len(craters)
    assert not any(crater.labelled for crater in craters)
