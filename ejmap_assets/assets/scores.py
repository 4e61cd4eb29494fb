"""Scores of the map where ejecta are known, and a comparison of the trained models."""

from ejmap_assets.making.declare import ProjectTask, project_asset
from ejmap_project.artefact import Artefact
from ejmap_project.comparison.member_maps import score_member_maps
from ejmap_project.comparison.model_comparison import compare_models
from ejmap_project.manual_maps.manual_comparison import compare_with_manual_maps
from ejmap_project.scoring.evaluation import evaluate_map
from ejmap_project.scoring.map_scores import score_labelled_tiles, score_map


@project_asset(group="map", kinds={"parquet"}, kind="evaluate")
def evaluation(task: ProjectTask) -> Artefact:
    """Agreement of the map with known ejecta.

    A table of scores: the pixels of all craters pooled and crater by crater, the connected tiles,
    and whether ejecta have the right crater of origin. A second table gives the share of true
    connections for each probability. For comparison, the table also scores three rules on
    brightness and distance, tuned on the training craters, if the project trains. The tables are
    empty if no ejecta are known, or only those inside labelled tiles; map_scores has the scores of
    these.
    """
    made_from = {one.asset for one in task.recipe.ingredients}
    return evaluate_map(task.project, task.progress, tunes_rules="training_planets" in made_from)


@project_asset(group="evaluation", kinds={"parquet"}, kind="evaluate")
def manual_comparison(task: ProjectTask) -> Artefact:
    """The masks of craters against whole manual maps of them.

    Whole maps are those of a published folder or of ``analysis.manual_maps``, else the known
    ejecta where they are known everywhere. Precision, recall and F1 of the whole mask, of its
    quarters and of discs up to both blankets and to each tenth of the manual ejecta; manual masks
    of labelled tiles against the whole map; and the published columns of the manual maps. The
    inside of the rim counts for nothing. A picture a crater shows its mask, its manual map and the
    masks of its neighbours.
    """
    return compare_with_manual_maps(task.project, task.progress)


@project_asset(group="evaluation", kinds={"parquet"}, kind="evaluate")
def tile_scores(task: ProjectTask) -> Artefact:
    """Right and wrong pixels of the map in each labelled tile, crater by crater.

    The table compares the final mask with the manual mask inside the rectangle of the tile, without
    a filter and after majority filters of 3, 5 and 9 pixels. It also scores the ceiling: a perfect
    segmentation of the connected tiles. The table has map geometry: open it in QGIS to see where
    the map is wrong. One crater is in memory at a time.
    """
    return score_labelled_tiles(task.project, task.progress)


@project_asset(group="evaluation", kinds={"parquet"}, kind="evaluate")
def map_scores(task: ProjectTask) -> Artefact:
    """Scores of the map in the labelled tiles, by pixels and by tiles, as published.

    Over all labelled tiles (tvt) and over the test tiles of the used split; for the map and for its
    ceiling, a perfect segmentation of the connected tiles; at full and at coarser scales; all
    craters pooled and crater by crater. The connection matrix has a code for each tile and crater:
    0 no ejecta, 1 missed, 2 false positive, 3 found. The tables are Parquet and CSV; the plots are
    in the same folder.
    """
    return score_map(task.project)


@project_asset(group="evaluation", kinds={"parquet"}, kind="evaluate")
def member_map_scores(task: ProjectTask) -> Artefact:
    """Scores of the map that each trained member of EJSEG makes alone, and of stated variants.

    The twenty published scores a map: accuracy, F1, IoU, precision and recall of pixels and of
    tiles, over the labelled tiles and over the test tiles of the member's own split.
    ``analysis.maps`` states variants: other versions, the best member, connections ignored. A tile
    EJSEG predicts only the tiles that touch a labelled one.
    """
    return score_member_maps(task.project, task.progress)


@project_asset(group="evaluation", kinds={"parquet"}, kind="evaluate")
def model_comparison(task: ProjectTask) -> Artefact:
    """Every trained member of both models: its configuration, its training data, its scores.

    A table of versions, splits, hyperparameters and scores, and plots of it: scores over each
    hyperparameter that varies, among members that differ in nothing else (mean and standard error);
    tiles against pixels for every split; and the learning curve over the number of tile locations.
    A plot that needs more members than there are is listed under ``not_plotted``. A published
    folder adds the scores that its authors published of their members.
    """
    return compare_models(task.project)
