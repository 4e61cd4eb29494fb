"""What the models learn from: planets whose ejecta are known, and samples drawn from them."""

import pandas as pd

from ejmap_assets.making.declare import Making, project_asset
from ejmap_geo.synthetic.planet import PlanetConfig, make_planet
from ejmap_project.artefact import Artefact, Facts, Picture
from ejmap_project.digest import content_version
from ejmap_project.files.planet_files import ejecta_of, planet_version, write_planet
from ejmap_project.pictures import mask_over, mosaic_grey, shrunk
from ejmap_project.settings.project import OwnMasks, SyntheticTraining
from ejmap_project.sources.known_planets import known_planets

PICTURE_PX = 480
MAX_PICTURES = 6


@project_asset(group="training", kinds={"geotiff"}, kind="prepare")
def training_planets(making: Making) -> Artefact:
    """Planets whose ejecta are known crater by crater.

    Synthetic ones made from seeds that are never mapped, or the project's own planet with the
    craters that a person labelled.
    """
    making.paths.training.mkdir(parents=True, exist_ok=True)
    match making.settings.training:
        case SyntheticTraining() as training:
            config = PlanetConfig(
                body=making.settings.planet,
                width_px=training.width_px,
                craters=training.craters,
                giants=min(training.giants, training.craters),
                giant_ray_width=training.giant_ray_width,
                visible_intensity=training.visible_intensity,
                bands=1 if training.grey else 3,
            )
            for done, seed in enumerate(training.seeds):
                making.progress.update(f"planet {seed}", done=done, total=len(training.seeds))
                write_planet(making.paths.training_planet(seed), make_planet(config, seed=seed))
        case OwnMasks():
            making.log.info("learning from the project's own labelled craters")
    return _described(making)


def _described(making: Making) -> Artefact:
    versions: list[str] = []
    rows: list[dict[str, object]] = []
    metadata: Facts = {}
    for name, planet in known_planets(making.project):
        ejecta = ejecta_of(planet)
        versions += [name, planet_version(planet)]
        rows.append({"planet": name, "craters": len(planet.craters), "ejecta": ejecta.mean()})
        grey = mosaic_grey(planet.raster, max_side_px=PICTURE_PX)
        overlay = mask_over(grey, shrunk(ejecta, max_side_px=PICTURE_PX))
        metadata[f"picture_{name}"] = Picture(overlay, alt=f"known ejecta of {name}")
    table = pd.DataFrame(rows)
    return Artefact(
        content=content_version(*versions),
        metadata={
            "planets": len(rows),
            "labelled_craters": int(table["craters"].sum()),
            "ejecta_share_of_pixels": float(table["ejecta"].mean()),
            "by_planet": table,
            "path": str(making.paths.training),
            **dict(list(metadata.items())[:MAX_PICTURES]),
        },
    )
