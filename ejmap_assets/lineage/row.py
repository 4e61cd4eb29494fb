"""A row of the lineage: everything that is said about an asset, in one place."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TypeAlias

import pandera.pandas as pa

from ejmap_assets.lineage.recipe_settings import SettingsOf
from ejmap_assets.lineage.stages import Stage
from ejmap_assets.partitions import Partitioning
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import ProjectPaths

# The partition is "" for unpartitioned assets.
Output: TypeAlias = Callable[[ProjectPaths, str], Path]


class Rule(Enum):
    """When an asset is made without being asked; the value is what the UI says."""

    ON_REQUEST = "only when somebody asks"
    WITH_UPSTREAM = "its recipe changed"
    AFTER_UPSTREAM = "its upstream is settled, and its recipe changed"
    AFTER_CRATERS = "the craters have settled, and some changed"


class UsedPart(Enum):
    """The part of an unpartitioned asset that each partition downstream is made from."""

    WHOLE = "whole"
    OWN_CRATER = "the row of the crater"
    OWN_SPLIT = "the split of the member"


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """Somebody else's artefact in the place of ours.

    Attributes:
        is_used: Whether a project uses one for a partition.
        inputs: Assets that ours is then made from: fewer.
    """

    is_used: Callable[[OpenProject, str], bool]
    inputs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Everything that is said about an asset.

    Attributes:
        stage: Stage of a project in which it is made.
        output: The file or folder that is there once it is made.
        beside: What else is there then.
        inputs: Names of the assets it is made from.
        partitioning: How it is partitioned.
        code_version: Raise it when the same inputs give another result.
        settings: The part of the project's settings it depends on.
        rule: When it is made without being asked.
        table: Schema of its table.
        picture: What its picture shows, in words; empty when it has none.
        published: Whose artefact may take the place of ours.
        used_part: The part of it that each partition downstream is made from.
        takes_all_members: Whether it is made from every trained member of its input models instead
            of those of the configured versions.
        is_optional: Whether it is made only in projects whose settings vet the catalogue.
        is_kept: Whether results of former models are kept, so that a roll-back finds them.
        is_mask: Whether it is the mask of a crater that the map shows.
    """

    stage: Stage
    output: Output
    beside: Callable[[ProjectPaths], tuple[Path, ...]] = lambda _: ()
    inputs: tuple[str, ...] = ()
    partitioning: Partitioning = Partitioning.NONE
    code_version: str = "1"
    settings: SettingsOf = lambda _project, _partition: None
    rule: Rule = Rule.ON_REQUEST
    table: type[pa.DataFrameModel] | None = None
    picture: str = ""
    published: Published | None = None
    used_part: UsedPart = UsedPart.WHOLE
    takes_all_members: bool = False
    is_optional: bool = False
    is_kept: bool = False
    is_mask: bool = False
