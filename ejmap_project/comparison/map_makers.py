"""What makes a map that is scored beside the project's own: each member, and stated variants."""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ejmap_project.comparison.members import Member, trained_members
from ejmap_project.errors import SettingsError
from ejmap_project.models.mapping_models import mapping_version
from ejmap_project.models.model_version import ModelVersion
from ejmap_project.open_project import OpenProject
from ejmap_project.settings.analysis import MapVariant

# Whatever chooses the best member must not have seen the test tiles.
CHOSEN_BY = "val_f1"


class MapMaker(NamedTuple):
    """Members of one version, and the tiles that they predict.

    Attributes:
        name: Name of the map; empty for the map of a single member.
        version: Version of EJSEG.
        iterations: Numbers of the members that make it together.
        connections: ``used`` for the tiles that are connected in the project, ``ignored`` for all
            tiles, or ``VERSION/SPLIT`` of published connections.
    """

    name: str
    version: ModelVersion
    iterations: tuple[int, ...]
    connections: str = "used"


def map_makers(project: OpenProject) -> list[MapMaker]:
    """Return each trained member of EJSEG alone, then the variants that the settings state.

    Raises:
        SettingsError: If a variant names members that are not there.
        StepError: If a bundle is incomplete.
    """
    members = [one for one in trained_members(project.paths) if one.kind == "ejseg"]
    alone = [MapMaker("", one.version, (one.iteration,)) for one in members]
    return [*alone, *(_stated(project, one, members) for one in project.settings.analysis.maps)]


def _stated(project: OpenProject, variant: MapVariant, members: Sequence[Member]) -> MapMaker:
    stated = variant.ejseg
    version = mapping_version(project) if stated is None else ModelVersion.parse(stated)
    of_version = [one for one in members if one.version == version]
    if not of_version:
        known = ", ".join(dict.fromkeys(one.version.key for one in members)) or "none"
        raise SettingsError(
            f"analysis.maps {variant.name} names EJSEG {version.key}, which has no member here; "
            f"versions with members are {known}"
        )
    return MapMaker(variant.name, version, _iterations(variant, of_version), variant.connections)


def _iterations(variant: MapVariant, members: Sequence[Member]) -> tuple[int, ...]:
    numbers = tuple(one.iteration for one in members)
    if variant.members == "all":
        return numbers
    if variant.members == "best":
        return (best_member(members).iteration,)
    if variant.members not in numbers:
        raise SettingsError(
            f"analysis.maps {variant.name} names member {variant.members}; there are "
            f"{', '.join(map(str, numbers))}"
        )
    return (variant.members,)


def best_member(members: Iterable[Member]) -> Member:
    """Return the member with the best score on validation tiles; the first one without scores."""

    def score(one: Member) -> float:
        value = one.provenance.scores.get(CHOSEN_BY)
        return -math.inf if value is None or math.isnan(value) else value

    return max(members, key=score)
