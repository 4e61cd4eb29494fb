"""Rows of samples, members and promoted models."""

from collections.abc import Mapping

from ejmap_assets.lineage import stages
from ejmap_assets.lineage.members import bundle_of, given
from ejmap_assets.lineage.row import Row
from ejmap_assets.partitions import Partitioning
from ejmap_project import recipe_settings
from ejmap_project.models.promotion_record import promoted_files
from ejmap_project.training.sample_set import sample_files

MODEL_ROWS: Mapping[str, Row] = {
    "ejconn_samples": Row(
        stage=stages.EJCONN_SAMPLES,
        output=lambda paths, key: paths.samples_note("ejconn", key),
        holds=lambda paths, key: sample_files(paths, "ejconn", key),
        inputs=("training_planets", "labelled_tiles"),
        partitioning=Partitioning.EJCONN_VERSIONS,
        settings=recipe_settings.of_sample_set("ejconn"),
        picture="some of the samples",
    ),
    "ejseg_samples": Row(
        stage=stages.EJSEG_SAMPLES,
        output=lambda paths, key: paths.samples_note("ejseg", key),
        holds=lambda paths, key: sample_files(paths, "ejseg", key),
        inputs=("training_planets", "labelled_tiles"),
        partitioning=Partitioning.EJSEG_VERSIONS,
        settings=recipe_settings.of_sample_set("ejseg"),
        picture="some of the samples",
    ),
    "ejconn_model": Row(
        stage=stages.EJCONN,
        output=bundle_of("ejconn"),
        inputs=("ejconn_samples", "split_table"),
        partitioning=Partitioning.EJCONN_MEMBERS,
        settings=recipe_settings.of_member("ejconn"),
        picture="training curve",
        published=given("ejconn"),
    ),
    "ejseg_model": Row(
        stage=stages.EJSEG,
        output=bundle_of("ejseg"),
        inputs=("ejseg_samples", "split_table"),
        partitioning=Partitioning.EJSEG_MEMBERS,
        settings=recipe_settings.of_member("ejseg"),
        picture="training curve",
        published=given("ejseg"),
    ),
    "promoted_ejconn": Row(
        stage=stages.PROMOTED,
        output=lambda paths, _: paths.promotions("ejconn"),
        holds=lambda paths, _: promoted_files(paths, "ejconn"),
        is_checked_by_readers=True,
        is_for_plans=True,
        inputs=("ejconn_model",),
        settings=recipe_settings.of_promotion("ejconn"),
    ),
    "promoted_ejseg": Row(
        stage=stages.PROMOTED,
        output=lambda paths, _: paths.promotions("ejseg"),
        holds=lambda paths, _: promoted_files(paths, "ejseg"),
        is_checked_by_readers=True,
        is_for_plans=True,
        inputs=("ejseg_model",),
        settings=recipe_settings.of_promotion("ejseg"),
    ),
}
