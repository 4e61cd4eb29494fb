"""``ejmap reference picture``: drawings over the mosaic, and what a model maps beside them."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ejmap_cli.command import FOLDER, command
from ejmap_cli.reference.models_asked import (
    CRATERS,
    DRAWINGS,
    MODELS,
    PART,
    drawn_craters,
)

if TYPE_CHECKING:
    from ejmap_project.reference.masks import MaskFunction
    from ejmap_project.reference.reference_crater import Part
    from ejmap_project.reference.reference_set import DrawnCrater


@command(
    "picture",
    "ejmap reference picture pictures",
    "ejmap reference picture projects/mine pictures --crater Hokusai --reach 40",
)
@MODELS
@click.argument("out_folder", type=FOLDER, help="folder that the pictures go to")
@PART
@DRAWINGS
@CRATERS
@click.option("--crater", "names", multiple=True, metavar="NAME", help="only this; may be repeated")
@click.option("--reach", type=click.FloatRange(0.1, 180), help="degrees of arc that are shown")
def picture(
    models: Sequence[Path],
    out_folder: Path,
    part: "Part | None",
    drawings: Path | None,
    craters: Path | None,
    *,
    names: Sequence[str],
    reach: float | None,
) -> int:
    """Draw each crater: the mosaic, the drawing over it and, with a model, its mask.

    Rays are green where they are sure, yellow where probable, orange where faint; the blanket is
    blue, boxes that surely hold nothing are pink.
    """
    from PIL import Image

    from ejmap_geo.whole_file import whole_file
    from ejmap_project.reference.overlay import drawing_picture
    from ejmap_project.reference.reference_mosaics import reference_mosaic

    drawn = drawn_craters(part, drawings, craters, tell=lambda one: click.echo(one, err=True))
    chosen = [one for one in drawn if not names or one.crater.name in names]
    _require_all(names, chosen)
    for one, mask in _masks(models, chosen):
        rgb = drawing_picture(
            one.crater,
            one.drawing,
            mosaic=reference_mosaic(one.crater.body),
            mask=mask,
            reach_deg=reach,
        )
        place = out_folder / f"{one.crater.body.name}_{one.crater.name.replace(' ', '_')}.png"
        with whole_file(place) as unfinished:
            Image.fromarray(rgb).save(unfinished, "PNG", optimize=True)
        click.echo(place)
    return 0


def _masks(
    models: Sequence[Path], chosen: "Sequence[DrawnCrater]"
) -> "Iterator[tuple[DrawnCrater, MaskFunction | None]]":
    from ejmap_project.models.asked_ensemble import asked_bundles
    from ejmap_project.reference.ensemble_masks import mapped_craters

    if models:
        yield from mapped_craters(asked_bundles(models), chosen)
    else:
        yield from ((one, None) for one in chosen)


def _require_all(names: Sequence[str], chosen: "Sequence[DrawnCrater]") -> None:
    from ejmap_project.errors import SourceError

    missing = set(names) - {one.crater.name for one in chosen}
    if missing:
        raise SourceError(
            f"no crater {min(missing)} is drawn in this part; name another part with --part"
        )
