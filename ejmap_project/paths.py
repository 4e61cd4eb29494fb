"""Where the artefacts of a project lie: the only place that knows the layout of its folder."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import quote

ModelKind = Literal["ejconn", "ejseg"]
# In the order in which the chain uses them.
MODEL_KINDS: tuple[ModelKind, ...] = get_args(ModelKind)


def iteration_name(iteration: int) -> str:
    """Return the name of the folder of a member of a version, counted from 0."""
    return f"iteration_{iteration:02d}"


def mask_name(key: str) -> str:
    """Return the name of the known ejecta of a crater in a folder of masks, by the crater's key."""
    return f"mask_{key}.tif"


def _folder_name(partition: str) -> str:
    """Return a name without dots and percent signs for a partition; "whole" if it has none."""
    return quote(partition, safe="").replace(".", "%2E").replace("%", "=") or "whole"


@dataclass(frozen=True)
class _Place:
    """A place that every project has, by its path from the project folder."""

    path: str

    def __get__(self, paths: "ProjectPaths", owner: type["ProjectPaths"] | None = None) -> Path:
        return paths.folder / self.path


def _crater_place(name: str) -> Callable[["ProjectPaths", str], Path]:
    """Return a method: where the file or folder of that name of one crater lies, by its key."""
    return lambda paths, key: paths.crater(key) / name


@dataclass(frozen=True, slots=True)
class ProjectPaths:
    """Paths of everything in a project; nothing is made or looked for here.

    Crater keys are the ids of :attr:`ejmap_geo.craters.catalogue.Crater.key`, at least four digits.

    Attributes:
        folder: The project folder.
    """

    folder: Path

    settings = _Place("project.yaml")
    """The settings that a person edits."""
    dagster_home = _Place("dagster_home")
    """History of runs of this project."""
    data = _Place("data")
    """Everything that is made."""
    slurm = _Place("data/slurm")
    """Output of the jobs of a Slurm cluster, and which craters each maps."""
    releases = _Place("data/releases")
    """Folder of the releases, a numbered folder each."""
    corrections = _Place("corrections")
    """Folder of the imports of corrected masks, a numbered folder each."""

    def user_file(self, path: Path) -> Path:
        """Return the place of a file named in the settings, counted from the folder."""
        return self.folder / path.expanduser()

    basemap_mosaic = _Place("data/basemap/mosaic.tif")
    """The mosaic on the basemap grid, uint8, 0 where nothing was imaged."""
    synthetic_planet = _Place("data/basemap/synthetic_planet")
    """Craters and true ejecta of a synthetic planet, which are made with its mosaic."""
    crater_catalogue = _Place("data/catalogue.parquet")
    """The checked crater table."""
    manual_masks = _Place("data/manual_masks")
    """Folder of known ejecta: a person's, or the truth of a synthetic planet."""

    def manual_mask(self, key: str) -> Path:
        """Known ejecta of one crater, cropped."""
        return self.manual_masks / mask_name(key)

    training = _Place("data/training")
    """Folder of planets to learn from."""

    def training_planet(self, seed: int) -> Path:
        """Folder of one synthetic planet."""
        return self.training / f"planet_{seed}"

    labelled_tiles = _Place("data/training/labelled_tiles.parquet")
    """Tiles of planets whose ejecta are known, and what they hold."""
    splits = _Place("data/training/splits.parquet")
    """Which labelled tiles train and which test, one column a split."""
    split_index = _Place("data/training/split_index.parquet")
    """The splits, one row each."""

    def samples(self, sample_set: str) -> Path:
        """Folder of the samples that versions with equal inputs share."""
        return self.training / "samples" / sample_set

    def samples_note(self, kind: ModelKind, version: str) -> Path:
        """Return the note that says which samples a version learns from."""
        return self.training / "samples" / f"{kind}_{version}.json"

    own_models = _Place("models")
    """Model configurations and ready-made ensembles that were added to this project."""

    def preset(self, name: str) -> Path:
        """Return the file of a model configuration that was added to this project."""
        return self.own_models / f"{name}.yaml"

    def model_version(self, kind: ModelKind, version: str) -> Path:
        """Folder of the ensemble of one model version."""
        return self.data / "models" / kind / version

    def model_bundle(self, kind: ModelKind, *, version: str, iteration: int) -> Path:
        """Folder of one trained member of an ensemble."""
        return self.model_version(kind, version) / iteration_name(iteration)

    def training_log(self, kind: ModelKind, *, version: str, iteration: int) -> Path:
        """Folder of the curves of one training, for TensorBoard."""
        return self.data / "logs" / kind / version / iteration_name(iteration)

    def promotions(self, kind: ModelKind) -> Path:
        """Return the record of what was promoted, kept and rolled back; its last line holds."""
        return self.data / "models" / kind / "promotions.jsonl"

    def stored_ensemble(self, kind: ModelKind, digest: str) -> Path:
        """Folder of an ensemble that was promoted, for as long as somebody may roll back to it."""
        return self.data / "models" / kind / "promoted" / digest

    def crater_classifier(self, version: str) -> Path:
        """Folder of a version of what tells craters from other ground."""
        return self.data / "models" / "crater" / version

    crater_tiles = _Place("data/vetting/crater_tiles.npz")
    """Tiles around craters and crater-free places, by which the catalogue is vetted."""
    crater_tile_table = _Place("data/vetting/crater_tiles.parquet")
    """Where those tiles lie, what is known of them and which regions they belong to."""
    crater_candidates = _Place("data/vetting/crater_candidates.parquet")
    """The catalogue, and how sure a classifier is that its entries are craters."""
    least_sure = _Place("data/vetting/least_sure.png")
    """A picture of the entries with the lowest scores."""

    all_pictures = _Place("data/pictures")
    """Folder of the pictures that the pages show, a folder an asset."""

    def pictures(self, asset: str, partition: str) -> Path:
        """Folder of the pictures of one artefact.

        Its name stands in addresses, so it has neither dots nor percent signs.
        """
        return self.all_pictures / asset / _folder_name(partition)

    all_manifests = _Place("data/manifests")
    """Folder of the lists of files, a folder an asset."""

    def manifest(self, asset: str, partition: str) -> Path:
        """Return the file that lists the files of one artefact with their sizes and digests."""
        return self.all_manifests / asset / f"{_folder_name(partition)}.json"

    damaged = _Place("data/damaged")
    """Folder of files that were found damaged and were moved away."""

    all_craters = _Place("data/craters")
    """Folder of what is made for craters, a folder each."""

    def crater(self, key: str) -> Path:
        """Folder of what is made for one crater."""
        return self.all_craters / key

    def claim(self, key: str) -> Path:
        """Return the file that says which run maps a crater, while one does."""
        return self.data / "claims" / key

    azimuthal_mosaic = _crater_place("azimuthal_mosaic.tif")
    """The mosaic around one crater in azimuthal equidistant projection."""
    tile_store = _crater_place("tiles.zarr")
    """Tiles and views of one crater that models read."""
    polar_prediction = _crater_place("polar_prediction.tif")
    """What each member of EJSEG says in the polar view of one crater."""
    connections = _crater_place("connections.parquet")
    """Which tiles hold ejecta of the crater."""
    segmentation = _crater_place("segmentation.tif")
    """Probability, vote fraction and mask of ejecta around one crater."""
    basemap_mask = _crater_place("basemap_mask.tif")
    """Ejecta of one crater on the basemap grid, cropped."""
    promised_recall_mask = _crater_place("promised_recall_mask.tif")
    """Mask of one crater at the promised recall, and the expected area of its ejecta."""
    crater_profile = _crater_place("profile.parquet")
    """Ejecta fraction and brightness around one crater, ring by ring."""
    crater_pattern = _crater_place("pattern")
    """Folder of what is measured of the ejecta of one crater: quantities, rays, published row."""
    crater_rays = _crater_place("pattern/rays.parquet")
    """The rays of one crater, a row each, in that folder."""
    kept_results = _crater_place("kept")
    """Folder of results of former models of one crater."""
    label_map = _Place("data/map/label_map.tif")
    """Crater ids of ejecta on the basemap grid."""
    overlap_count = _Place("data/map/overlap_count.tif")
    """How many craters claim each pixel."""
    composite = _Place("data/map/composite.tif")
    """The map in colours, one a crater."""
    preview = _Place("data/map/preview.png")
    """A picture of the map over the mosaic."""
    map_craters = _Place("data/map/craters.gpkg")
    """The craters of the map with the areas of their masks."""
    map_layers = _Place("data/map/ejecta.gpkg")
    """Outlines of ejecta, rays, rims and craters as layers with their styles."""
    ejecta_outlines = _Place("data/map/ejecta.parquet")
    """Outlines of the ejecta of each crater."""
    qgis_project = _Place("data/map/ejmap.qgs")
    """The map as a project for QGIS."""
    map_page = _Place("data/map/page")
    """Folder of the map page; ``index.html`` in it opens in a browser."""
    patterns = _Place("data/analysis/patterns.parquet")
    """What is measured of the ejecta of every crater of the map, clean parts included."""
    pattern_rays = _Place("data/analysis/rays.parquet")
    """The rays of every crater."""
    pattern_spectra = _Place("data/analysis/spectra.parquet")
    """Bands of the mosaic on the ejecta of every crater and beside them."""
    raster_summaries = _Place("data/analysis/raster_summaries.parquet")
    """Rasters of the user on the ejecta of every crater and beside them."""
    model_ages = _Place("data/analysis/model_ages.parquet")
    """Counts of the user's craters on ejecta, and the ages that follow from them."""
    published_overlaps = _Place("data/analysis/published_overlaps.parquet")
    """The published columns of every crater, overlaps included."""
    published_clean = _Place("data/analysis/published_clean.parquet")
    """The published columns of what exactly one crater claims."""
    manual_comparison = _Place("data/evaluation/manual_comparison.parquet")
    """Agreement of masks with whole manual maps: as a whole, by quarter and by distance."""
    manual_patterns = _Place("data/evaluation/manual_patterns.parquet")
    """The published columns of whole manual maps."""
    overlaps = _Place("data/map/overlaps.tif")
    """Who claims each contested pixel, and by which margin."""
    uncertainty = _Place("data/map/uncertainty.tif")
    """How probable it is that the map is wrong in each pixel."""
    overlap_pairs = _Place("data/analysis/overlap_pairs.parquet")
    """Pairs of craters that claim common ground."""
    superposition = _Place("data/analysis/superposition.parquet")
    """Which of two overlapping craters struck later."""
    tiles_to_label = _Place("data/analysis/tiles_to_label.parquet")
    """Tiles by the area of the map that is expected wrong in them."""
    planet_statistics = _Place("data/analysis/planet_statistics.parquet")
    """Shares of ejecta and densities of craters by latitude and longitude."""
    planet_tests = _Place("data/analysis/planet_tests.parquet")
    """Where craters lie, tested against chance."""
    exclusion_mask = _Place("data/map/exclusion_mask.tif")
    """Where not to count craters: ejecta with a buffer."""
    counting_areas = _Place("data/map/counting_areas.gpkg")
    """Polygons to count craters in: the rest of the planet, and clean blankets."""
    contrast = _Place("data/evaluation/contrast.parquet")
    """How much brighter mapped ejecta are than what lies beside them, crater by crater."""
    tile_scores = _Place("data/evaluation/tile_scores.parquet")
    """Counts of right and wrong pixels in each labelled tile, crater by crater."""
    map_scores = _Place("data/evaluation/map_scores.parquet")
    """Scores of the map in the labelled tiles: all of them and those that test."""
    connection_matrix = _Place("data/evaluation/connection_matrix.parquet")
    """Whether each tile is connected to each crater, truly and as found."""
    member_map_scores = _Place("data/evaluation/member_map_scores.parquet")
    """Scores of the maps that each trained member makes alone, and of stated variants."""
    model_comparison = _Place("data/evaluation/model_comparison.parquet")
    """Scores and hyperparameters of every trained member of both models."""
    scores = _Place("data/evaluation/scores.parquet")
    """Agreement with known ejecta, of the chain and of three baselines."""
    reliability = _Place("data/evaluation/reliability.parquet")
    """How often connections come true, by the probabilities stated for them."""
