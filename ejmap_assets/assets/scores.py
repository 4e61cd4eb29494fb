"""How good the map is, where ejecta are known, and how the trained models compare."""

from ejmap_assets.making.declare import Making, project_asset
from ejmap_project.artefact import Artefact
from ejmap_project.scoring.evaluation import evaluate_map
from ejmap_project.scoring.map_scores import score_labelled_tiles, score_map
from ejmap_project.scoring.model_comparison import compare_models


@project_asset(group="map", kinds={"parquet"}, kind="evaluate")
def evaluation(making: Making) -> Artefact:
    """Agreement of the map with known ejecta.

    A table of scores: the pixels of all craters pooled and crater by crater, the connected tiles,
    and whether ejecta carry the right crater of origin. A second table says how often connections
    of each probability are true. Beside the map stand three rules on brightness and distance, tuned
    on the training craters. The tables are empty when no ejecta are known, or only those inside
    labelled tiles: for these see map_scores.
    """
    return evaluate_map(making.project, making.progress)


@project_asset(group="evaluation", kinds={"parquet"}, kind="evaluate")
def tile_scores(making: Making) -> Artefact:
    """Right and wrong pixels of the map in each labelled tile, crater by crater.

    The final mask is compared with the manual mask inside the rectangle of the tile, as it is and
    after majority filters of 3, 5 and 9 pixels. Beside it stands the ceiling: a perfect
    segmentation of the tiles that EJCONN connected. The table lies on the map: open it in QGIS to
    see where the map is wrong. One crater is in memory at a time.
    """
    return score_labelled_tiles(making.project, making.progress)


@project_asset(group="evaluation", kinds={"parquet"}, kind="evaluate")
def map_scores(making: Making) -> Artefact:
    """Scores of the map in the labelled tiles, by pixels and by tiles, as published.

    Over all labelled tiles (tvt) and over the test tiles of the used split; for the map and for its
    ceiling, a perfect segmentation of the tiles that EJCONN connected; at full and at coarser
    scales; all craters pooled and crater by crater. The connection matrix has a code for each tile
    and crater: 0 no ejecta, 1 missed, 2 invented, 3 found. The tables are Parquet and CSV; the
    plots lie in the folder beside them too.
    """
    return score_map(making.project)


@project_asset(group="evaluation", kinds={"parquet"}, kind="evaluate")
def model_comparison(making: Making) -> Artefact:
    """Every trained member of both models: what it is, what it learned from, how good it is.

    A table of versions, splits, hyperparameters and scores, and plots of it: scores over each
    hyperparameter that varies, among members that differ in nothing else (mean and standard error);
    tiles against pixels for every split; and the learning curve over the number of tile locations.
    A plot that needs more members than there are is listed under ``not_plotted``. A published
    folder adds the scores that its authors published of their members.
    """
    return compare_models(making.project)
