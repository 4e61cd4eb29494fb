"""Which input of a mask differs between two releases: found by comparing what both were made of."""

from collections.abc import Iterator
from typing import NamedTuple

from ejmap_geo.craters.catalogue import Crater
from ejmap_project.paths import MODEL_KINDS
from ejmap_project.release.released_map import ReleasedMap
from ejmap_project.release_metadata.release_manifest import ArtefactNote, ReleaseManifest

MASK, CATALOGUE, MOSAIC = "basemap_mask", "crater_catalogue", "basemap_mosaic"
# What the mask of a model is made of.
LAYERS = "segmentation_mask"
ARROW = "\N{RIGHTWARDS ARROW}"
UNEXPLAINED = "no recorded input, setting or code"


class Cause(NamedTuple):
    """An input that differs.

    Attributes:
        what: The input in words.
        before: What it was; empty where it has no words of its own.
        after: What it is; empty in the same way.
    """

    what: str
    before: str = ""
    after: str = ""

    @property
    def words(self) -> str:
        """All of it as one sentence."""
        if self.before == self.after:
            return self.what
        return f"{self.what}: {self.before} {ARROW} {self.after}"


def causes_of(before: ReleasedMap, after: ReleasedMap, key: str) -> list[Cause]:
    """Return the inputs of the mask of a crater that differ.

    Args:
        before: The earlier release.
        after: The later one.
        key: The crater, which both hold.
    """
    upstream = dict.fromkeys(_upstream(before.manifest, after.manifest, key))
    return [*upstream, *_of_catalogue(before.craters.get(key), after.craters.get(key))]


def _of_catalogue(before: Crater | None, after: Crater | None) -> Iterator[Cause]:
    """Yield what differs in the row of a crater, column by column."""
    if before is None or after is None:
        if before is not after:
            words = ["no such crater" if one is None else "listed" for one in (before, after)]
            yield Cause("catalogue", *words)
        return
    one, other = _row(before), _row(after)
    for column, value in one.items():
        if value != other[column]:
            yield Cause(f"{column} in the catalogue", value, other[column])


def _row(crater: Crater) -> dict[str, str]:
    """Return the row of a crater by the columns of the catalogue."""
    return {
        "name": crater.name or "none",
        "lon_deg": f"{crater.center.lon_deg:.9g}",
        "lat_deg": f"{crater.center.lat_deg:.9g}",
        "radius_m": f"{crater.radius_m:.9g}",
        "labelled": "yes" if crater.labelled else "no",
        "reach_m": "default" if crater.reach_m is None else f"{crater.reach_m:.9g}",
    }


def _upstream(before: ReleaseManifest, after: ReleaseManifest, key: str) -> Iterator[Cause]:
    """Yield what differs in the steps of a crater, from its mask upstream."""
    notes = before.by_artefact, after.by_artefact
    waiting, seen = [MASK], set[str]()
    while waiting:
        asset = waiting.pop()
        seen.add(asset)
        one, other = (part.get((asset, key)) for part in notes)
        if one is None or other is None:
            if one is not other:
                words = ["not made" if note is None else "made" for note in (one, other)]
                yield Cause(asset, *words)
            continue
        if asset == MASK and _is_models(one) != _is_models(other):
            yield Cause("whose mask it is", *(_origin(note) for note in (one, other)))
            continue
        if one.code_version != other.code_version:
            yield Cause(f"code of {asset}", one.code_version, other.code_version)
        # A manifest has the settings of those masks alone that are not a model's.
        has_settings = asset != MASK or not _is_models(one)
        if has_settings and _has_other_settings(before, after, asset):
            # Recipes keep values without names; the keys of project.yaml are told beside causes.
            yield Cause(f"settings of {asset}")
        for name in dict.fromkeys((*one.inputs, *other.inputs)):
            if (name, key) in notes[0] or (name, key) in notes[1]:
                waiting += [name] if name not in seen else []
            elif name != CATALOGUE and one.inputs.get(name) != other.inputs.get(name):
                yield _input(before, after, name, one.inputs.get(name), other.inputs.get(name))


def _is_models(mask: ArtefactNote) -> bool:
    return LAYERS in mask.inputs


def _origin(mask: ArtefactNote) -> str:
    return "a model's" if _is_models(mask) else "corrected or published"


def _has_other_settings(before: ReleaseManifest, after: ReleaseManifest, asset: str) -> bool:
    """Return whether the settings of an asset are known of both releases and differ."""
    one, other = before.settings, after.settings
    return asset in one and asset in other and one[asset] != other[asset]


def _input(
    before: ReleaseManifest, after: ReleaseManifest, name: str, one: str | None, other: str | None
) -> Cause:
    for kind in MODEL_KINDS:
        if name == f"promoted_{kind}":
            return Cause(f"model {kind}", _model(before, kind, one), _model(after, kind, other))
    what = "mosaic" if name == MOSAIC else name
    return Cause(what, one or "none", other or "none")


def _model(manifest: ReleaseManifest, kind: str, digest: str | None) -> str:
    note = manifest.models.get(kind)
    named = f"{note.version} " if note is not None and note.digest == digest else ""
    return f"{named}({digest})" if digest else "none"
