"""``ejmap explain``: a place in, the craters that claim it out."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ejmap_cli.main import main
from ejmap_project.analysis import pixel_claims
from ejmap_project.analysis.pixel_claims import ExplainedPixel, PixelClaim

CLAIM = PixelClaim(
    crater_id=3,
    name="Bash\u014d",
    is_claimed=True,
    probability=0.836,
    distance_km=93.2,
    distance_radii=1.62,
    model="ready_grey, digest 12",
    mosaic="",
    run="run-1",
    mask="mask.tif",
)


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The points that were asked for; one crater claims each."""
    (tmp_path / "project.yaml").write_text("source: {kind: synthetic, seed: 1}\n")
    mask = tmp_path / "mask.tif"
    mask.write_bytes(b"mask")
    points: list[object] = []

    def explain_pixel(project: object, point: object) -> ExplainedPixel:
        del project
        points.append(point)
        claim = replace(CLAIM, mask=str(mask))
        return ExplainedPixel(lon_deg=-127.1, lat_deg=-36.8, row=1, col=2, claims=(claim,))

    monkeypatch.setattr(pixel_claims, "explain_pixel", explain_pixel)
    return points


def test_a_place_west_and_south_is_no_option(
    tmp_path: Path, asked: list[object], capsys: pytest.CaptureFixture[str]
) -> None:
    """Crater, probability, model and run are said in words, and what is unknown too."""
    assert main(["explain", str(tmp_path), "-127.1", "-36.8"]) == 0

    assert asked == [(-127.1, -36.8)]
    said = capsys.readouterr().out
    assert "Bash\u014d (0003): probability 84%, 93 km or 1.6 radii" in said
    assert "ready_grey, digest 12" in said
    assert "run-1" in said
    assert "not stated in the mask" in said
    assert "release none holds this mask" in said


@pytest.mark.usefixtures("asked")
def test_json_holds_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With numbers as they are."""
    assert main(["explain", str(tmp_path), "1", "2", "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert told["claims"][0]["probability"] == 0.836
    assert told["claims"][0]["name"] == "Bash\u014d"
    assert told["claims"][0]["releases"] == []
