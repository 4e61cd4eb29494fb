"""A row of the lineage: everything that defines an asset except its function."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TypeAlias

import pandera.pandas as pa

from ejmap_assets.lineage.stages import Stage
from ejmap_assets.partitions import Partitioning
from ejmap_project.manifests.manifest_store import ArtefactFiles
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import ProjectPaths
from ejmap_project.recipe_settings import SettingsOf

# The partition is "" for unpartitioned assets.
Output: TypeAlias = Callable[[ProjectPaths, str], Path]


class Rule(Enum):
    """When the automation sensor makes an asset; the UI shows the value."""

    ON_REQUEST = "only on request"
    WITH_UPSTREAM = "when its recipe changed, or together with an upstream asset"
    AFTER_UPSTREAM = "when its recipe changed and no upstream asset is in progress"
    AFTER_CRATERS = "when its recipe changed and no crater is in progress"


class UsedPart(Enum):
    """The part of an unpartitioned asset that each downstream partition depends on."""

    WHOLE = "whole"
    OWN_CRATER = "the row of the crater"
    OWN_SPLIT = "the split of the member, on the planets that train"
    TRAINING_TILES = "the tiles of the planets that train"


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """Another origin of an artefact, with fewer inputs: published, imported or ready-made.

    Attributes:
        is_used: Whether a project uses it for a partition.
        inputs: Inputs that the asset then has.
    """

    is_used: Callable[[OpenProject, str], bool]
    inputs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Everything that defines an asset except its function.

    Attributes:
        stage: Stage of a project that makes it.
        output: Its file or folder.
        beside: Further files that it consists of.
        holds: Its files and folders, where they are not its output and those beside it.
        is_edited: Whether people change or remove its files, so that only their presence counts.
        is_checked_by_readers: Whether those who read it check it by digests of its own, and go on
            with the one that they began with when another follows: promoted ensembles.
        inputs: Names of its input assets; Dagster shows all of them.
        used_inputs: The inputs that a project uses, where its models and settings decide; None for
            all of them.
        optional_inputs: Those of them that are left out where the project does not make them.
        partitioning: How it is partitioned.
        code_version: Raise it if the same inputs give another result.
        settings: The project's settings that it depends on.
        rule: When the automation sensor makes it.
        table: Schema of its table.
        picture: What its picture shows; empty if it has none.
        published: Published artefact that may replace the project's own.
        used_part: The part of it that each downstream partition depends on.
        takes_all_members: Whether it uses every trained member of its input models instead of the
            members of the configured versions.
        is_possible: Whether a project can make it, as its models and settings are.
        is_optional: Whether only projects that vet their catalogue make it.
        is_of_labels: Whether only projects that use labelled tiles make it: to train, or to score.
        is_kept: Whether results of former models are kept for a roll-back.
        is_mask: Whether it is the mask of a crater that the map shows.
        is_for_plans: Whether its files decide what else is made, so that a folder without them
            cannot be planned before they are fetched.
    """

    stage: Stage
    output: Output
    beside: Callable[[ProjectPaths], tuple[Path, ...]] = lambda _: ()
    holds: Callable[[ProjectPaths, str], tuple[Path, ...]] | None = None
    is_edited: bool = False
    is_checked_by_readers: bool = False
    inputs: tuple[str, ...] = ()
    optional_inputs: tuple[str, ...] = ()
    used_inputs: Callable[[OpenProject], tuple[str, ...]] | None = None
    partitioning: Partitioning = Partitioning.NONE
    code_version: str = "1"
    settings: SettingsOf = lambda _project, _partition: None
    rule: Rule = Rule.ON_REQUEST
    table: type[pa.DataFrameModel] | None = None
    picture: str = ""
    published: Published | None = None
    used_part: UsedPart = UsedPart.WHOLE
    takes_all_members: bool = False
    is_possible: Callable[[OpenProject], bool] = lambda _: True
    is_optional: bool = False
    is_of_labels: bool = False
    is_kept: bool = False
    is_mask: bool = False
    is_for_plans: bool = False

    def files(self, asset: str, paths: ProjectPaths, partition: str | None) -> ArtefactFiles:
        """Return the files of an artefact of this row, with their manifest.

        Args:
            asset: Name of the row.
            paths: The project.
            partition: The partition; None if it has none.
        """
        if self.holds is not None:
            places = self.holds(paths, partition or "")
        else:
            places = (self.output(paths, partition or ""), *self.beside(paths))
        return ArtefactFiles(
            paths=paths,
            asset=asset,
            partition=partition or "",
            places=places,
            are_edited=self.is_edited,
        )
