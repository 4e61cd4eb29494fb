"""How assets are divided into partitions: by crater, by version of a model, by member."""

from collections.abc import Mapping
from enum import Enum

import dagster as dg

from ejmap_assets import partitions
from ejmap_assets.project_paths import ModelKind


class Division(Enum):
    """How an asset is divided into partitions."""

    WHOLE = "whole"
    CRATERS = "craters"
    EJCONN_VERSIONS = "ejconn versions"
    EJSEG_VERSIONS = "ejseg versions"
    EJCONN_MEMBERS = "ejconn members"
    EJSEG_MEMBERS = "ejseg members"
    CLASSIFIER_VERSIONS = "classifier versions"

    @property
    def partitions_def(self) -> dg.PartitionsDefinition[str] | None:
        """The partitions as Dagster knows them."""
        return _PARTITIONS[self]

    @property
    def model_kind(self) -> ModelKind:
        """The model whose versions or members divide an asset."""
        is_ejconn = self in {Division.EJCONN_VERSIONS, Division.EJCONN_MEMBERS}
        return "ejconn" if is_ejconn else "ejseg"


_PARTITIONS: Mapping[Division, dg.PartitionsDefinition[str] | None] = {
    Division.WHOLE: None,
    Division.CRATERS: partitions.craters,
    Division.EJCONN_VERSIONS: partitions.ejconn_versions,
    Division.EJSEG_VERSIONS: partitions.ejseg_versions,
    Division.EJCONN_MEMBERS: partitions.ejconn_members,
    Division.EJSEG_MEMBERS: partitions.ejseg_members,
    Division.CLASSIFIER_VERSIONS: partitions.classifier_versions,
}
