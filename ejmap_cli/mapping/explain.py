"""``ejmap explain``: which craters claim a place, and what their masks are made of."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ejmap_cli.command import AS_JSON, PROJECT, Command

if TYPE_CHECKING:
    from ejmap_project.analysis.pixel_claims import ExplainedPixel, PixelClaim

EXAMPLES = """\
ejmap explain projects/demo 16.65 57.84
ejmap explain projects/demo -127.1 36.9 --json"""
UNKNOWN = "not stated in the mask"


@click.command(
    "explain",
    cls=Command,
    epilog=EXAMPLES,
    # A longitude of -127 is no option.
    context_settings={"ignore_unknown_options": True},
)
@PROJECT
@click.argument("lon", type=click.FloatRange(-180, 360), help="longitude in degrees, east positive")
@click.argument("lat", type=click.FloatRange(-90, 90), help="latitude in degrees, planetocentric")
@AS_JSON
def explain(project: Path, lon: float, lat: float, *, as_json: bool) -> int:
    """Name the craters that claim a place, with probability, model, mosaic, run and releases."""
    from ejmap_geo.grids.coords import LonLat
    from ejmap_project.analysis.pixel_claims import explain_pixel
    from ejmap_project.open_project import OpenProject
    from ejmap_project.release.holding import releases_with

    opened = OpenProject.at(project.resolve())
    explained = explain_pixel(opened, LonLat(lon, lat))
    releases = releases_with(opened.paths, [Path(one.mask) for one in explained.claims])
    if as_json:
        told = asdict(explained)
        for claim in told["claims"]:
            claim["releases"] = releases[Path(claim["mask"])]
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return 0
    for line in _lines(explained, releases):
        click.echo(line)
    return 0


def _lines(explained: "ExplainedPixel", releases: Mapping[Path, Sequence[str]]) -> Iterator[str]:
    place = f"lon {explained.lon_deg:.4f}, lat {explained.lat_deg:.4f}"
    yield f"pixel      {place} (row {explained.row}, column {explained.col} of the mosaic)"
    claims = [one for one in explained.claims if one.is_claimed]
    if not claims:
        yield "claimed    by no crater"
    for one in claims:
        yield f"claimed    by {_words(one)}"
        yield f"           model   {one.model or UNKNOWN}"
        yield f"           mosaic  {one.mosaic or UNKNOWN}"
        yield f"           run     {one.run or UNKNOWN}"
        yield f"           release {', '.join(releases[Path(one.mask)]) or 'none holds this mask'}"
    for one in explained.claims[len(claims) :]:
        yield f"possible   {_words(one)}"


def _words(claim: "PixelClaim") -> str:
    name = f"{claim.name} ({claim.crater_id:04d})" if claim.name else f"{claim.crater_id:04d}"
    probability = (
        "no probability" if claim.probability is None else f"probability {claim.probability:.0%}"
    )
    return f"{name}: {probability}, {claim.distance_km:.0f} km or {claim.distance_radii:.1f} radii"
