"""Where the artefacts of a project lie: the only place that knows the layout of its folder."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

ModelKind = Literal["ejconn", "ejseg"]


@dataclass(frozen=True, slots=True)
class ProjectPaths:
    """Paths of everything in a project; nothing is made or looked for here.

    Crater keys are the ids of :attr:`ejmap_geo.craters.catalogue.Crater.key`, at least four digits.

    Attributes:
        folder: The project folder.
    """

    folder: Path

    @property
    def settings(self) -> Path:
        """The settings that a person edits."""
        return self.folder / "project.yaml"

    @property
    def dagster_home(self) -> Path:
        """History of runs of this project."""
        return self.folder / "dagster_home"

    @property
    def data(self) -> Path:
        """Everything that is made."""
        return self.folder / "data"

    def user_file(self, path: Path) -> Path:
        """Return the place of a file named in the settings, counted from the folder."""
        return self.folder / path.expanduser()

    @property
    def basemap_mosaic(self) -> Path:
        """The mosaic on the basemap grid, uint8, 0 where nothing was imaged."""
        return self.data / "basemap" / "mosaic.tif"

    @property
    def crater_catalogue(self) -> Path:
        """The checked crater table."""
        return self.data / "catalogue.parquet"

    @property
    def manual_masks(self) -> Path:
        """Folder of known ejecta: a person's, or the truth of a synthetic planet."""
        return self.data / "manual_masks"

    def manual_mask(self, key: str) -> Path:
        """Known ejecta of one crater, cropped."""
        return self.manual_masks / f"mask_{key}.tif"

    @property
    def training(self) -> Path:
        """Folder of planets to learn from."""
        return self.data / "training"

    def training_planet(self, seed: int) -> Path:
        """Folder of one synthetic planet."""
        return self.training / f"planet_{seed}"

    @property
    def labelled_tiles(self) -> Path:
        """Tiles of planets whose ejecta are known, and what they hold."""
        return self.training / "labelled_tiles.parquet"

    @property
    def splits(self) -> Path:
        """Which labelled tiles train and which test, one column a split."""
        return self.training / "splits.parquet"

    @property
    def split_index(self) -> Path:
        """The splits, one row each."""
        return self.training / "split_index.parquet"

    def samples(self, sample_set: str) -> Path:
        """Folder of the samples that versions with equal inputs share."""
        return self.training / "samples" / sample_set

    def samples_note(self, kind: ModelKind, version: str) -> Path:
        """Return the note that says which samples a version learns from."""
        return self.training / "samples" / f"{kind}_{version}.json"

    def preset(self, name: str) -> Path:
        """Return the file of a model configuration that was added to this project."""
        return self.folder / "models" / f"{name}.yaml"

    def model_version(self, kind: ModelKind, version: str) -> Path:
        """Folder of the ensemble of one model version."""
        return self.data / "models" / kind / version

    def model_bundle(self, kind: ModelKind, *, version: str, iteration: int) -> Path:
        """Folder of one trained member of an ensemble."""
        return self.model_version(kind, version) / f"iteration_{iteration:02d}"

    def training_log(self, kind: ModelKind, *, version: str, iteration: int) -> Path:
        """Folder of the curves of one training, for TensorBoard."""
        return self.data / "logs" / kind / version / f"iteration_{iteration:02d}"

    def promotions(self, kind: ModelKind) -> Path:
        """Return the record of what was promoted, kept and rolled back; its last line holds."""
        return self.data / "models" / kind / "promotions.jsonl"

    def stored_ensemble(self, kind: ModelKind, digest: str) -> Path:
        """Folder of an ensemble that was promoted, for as long as somebody may roll back to it."""
        return self.data / "models" / kind / "promoted" / digest

    def crater_classifier(self, version: str) -> Path:
        """Folder of a version of what tells craters from other ground."""
        return self.data / "models" / "crater" / version

    @property
    def crater_tiles(self) -> Path:
        """Tiles around craters and crater-free places, by which the catalogue is vetted."""
        return self.data / "vetting" / "crater_tiles.npz"

    @property
    def crater_tile_table(self) -> Path:
        """Where those tiles lie, what is known of them and which regions they belong to."""
        return self.data / "vetting" / "crater_tiles.parquet"

    @property
    def crater_candidates(self) -> Path:
        """The catalogue, and how sure a classifier is that its entries are craters."""
        return self.data / "vetting" / "crater_candidates.parquet"

    @property
    def least_sure(self) -> Path:
        """A picture of the entries with the lowest scores."""
        return self.data / "vetting" / "least_sure.png"

    def crater(self, key: str) -> Path:
        """Folder of what is made for one crater."""
        return self.data / "craters" / key

    def azimuthal_mosaic(self, key: str) -> Path:
        """Return the mosaic around one crater in azimuthal equidistant projection."""
        return self.crater(key) / "azimuthal_mosaic.tif"

    def tile_store(self, key: str) -> Path:
        """Tiles and views of one crater that models read."""
        return self.crater(key) / "tiles.zarr"

    def connections(self, key: str) -> Path:
        """Which tiles hold ejecta of the crater."""
        return self.crater(key) / "connections.parquet"

    def segmentation(self, key: str) -> Path:
        """Probability, vote fraction and mask of ejecta around one crater."""
        return self.crater(key) / "segmentation.tif"

    def basemap_mask(self, key: str) -> Path:
        """Ejecta of one crater on the basemap grid, cropped."""
        return self.crater(key) / "basemap_mask.tif"

    def crater_profile(self, key: str) -> Path:
        """Ejecta fraction and brightness around one crater, ring by ring."""
        return self.crater(key) / "profile.parquet"

    def kept_results(self, key: str) -> Path:
        """Folder of results of former models of one crater."""
        return self.crater(key) / "kept"

    @property
    def label_map(self) -> Path:
        """Crater ids of ejecta on the basemap grid."""
        return self.data / "map" / "label_map.tif"

    @property
    def overlap_count(self) -> Path:
        """How many craters claim each pixel."""
        return self.data / "map" / "overlap_count.tif"

    @property
    def composite(self) -> Path:
        """The map in colours, one a crater."""
        return self.data / "map" / "composite.tif"

    @property
    def preview(self) -> Path:
        """A picture of the map over the mosaic."""
        return self.data / "map" / "preview.png"

    @property
    def map_craters(self) -> Path:
        """The craters of the map with the areas of their ejecta."""
        return self.data / "map" / "craters.gpkg"

    @property
    def contrast(self) -> Path:
        """How much brighter mapped ejecta are than what lies beside them, crater by crater."""
        return self.data / "evaluation" / "contrast.parquet"

    @property
    def tile_scores(self) -> Path:
        """Counts of right and wrong pixels in each labelled tile, crater by crater."""
        return self.data / "evaluation" / "tile_scores.parquet"

    @property
    def map_scores(self) -> Path:
        """Scores of the map in the labelled tiles: all of them and those that test."""
        return self.data / "evaluation" / "map_scores.parquet"

    @property
    def connection_matrix(self) -> Path:
        """Whether each tile is connected to each crater, truly and as found."""
        return self.data / "evaluation" / "connection_matrix.parquet"

    @property
    def model_comparison(self) -> Path:
        """Scores and hyperparameters of every trained member of both models."""
        return self.data / "evaluation" / "model_comparison.parquet"

    @property
    def scores(self) -> Path:
        """Agreement with known ejecta, of the chain and of three baselines."""
        return self.data / "evaluation" / "scores.parquet"

    @property
    def reliability(self) -> Path:
        """How often connections come true, by what EJCONN said of them."""
        return self.data / "evaluation" / "reliability.parquet"
