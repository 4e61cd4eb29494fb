"""How good the map is, where ejecta are known."""

from ejmap_assets.making.declare import Making, project_asset
from ejmap_project.artefact import Artefact
from ejmap_project.scoring.evaluation import evaluate_map


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
