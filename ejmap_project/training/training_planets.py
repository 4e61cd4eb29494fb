"""The planets that models learn from: synthetic ones, or the project's own."""

from collections.abc import Callable

import pandas as pd

from ejmap_geo.synthetic.planet import PlanetConfig, make_planet
from ejmap_project.artefact import Artefact, Facts
from ejmap_project.digest import content_version
from ejmap_project.errors import SettingsError
from ejmap_project.files.planet_files import ejecta_of, planet_version, write_planet
from ejmap_project.open_project import OpenProject
from ejmap_project.pictures.sheet import ejecta_picture
from ejmap_project.progress import Progress
from ejmap_project.settings.project import OwnMasks, SyntheticTraining
from ejmap_project.sources.known_planets import known_planets

MAX_PICTURES = 6


def make_training_planets(
    project: OpenProject, progress: Progress, *, tell: Callable[[str], None]
) -> Artefact:
    """Write the synthetic planets that the settings ask for, and describe what models learn from.

    Raises:
        GeoError: If a file is missing or was changed by hand.
        SettingsError: If the project has no setting ``training``.
        SourceError: If the project has no mask to learn from.
    """
    project.paths.training.mkdir(parents=True, exist_ok=True)
    match project.settings.training:
        case SyntheticTraining() as training:
            config = PlanetConfig(
                body=project.settings.planet,
                width_px=training.width_px,
                craters=training.craters,
                giants=min(training.giants, training.craters),
                giant_ray_width=training.giant_ray_width,
                visible_intensity=training.visible_intensity,
                bands=1 if training.grey else 3,
            )
            for done, seed in enumerate(training.seeds):
                progress.update(f"planet {seed}", done=done, total=len(training.seeds))
                write_planet(project.paths.training_planet(seed), make_planet(config, seed=seed))
        case OwnMasks():
            tell("learning from the project's own labelled craters")
        case None:
            raise SettingsError(
                f"{project.paths.settings} says nothing of what models learn from; add "
                "`training: {kind: synthetic, seeds: [1, 2, 3]}`, or name ready-made models only"
            )
    return _described(project)


def _described(project: OpenProject) -> Artefact:
    versions: list[str] = []
    rows: list[dict[str, object]] = []
    pictures: Facts = {}
    for name, planet in known_planets(project):
        ejecta = ejecta_of(planet)
        versions += [name, planet_version(planet)]
        rows.append({"planet": name, "craters": len(planet.craters), "ejecta": ejecta.mean()})
        if len(pictures) < MAX_PICTURES:
            pictures[f"picture_{name}"] = ejecta_picture(
                planet.raster, ejecta, planet.basemap, what=f"known ejecta of {name}"
            )
    # A published folder without masks has no planet to learn from; its maps are shown all the same.
    table = pd.DataFrame(rows, columns=["planet", "craters", "ejecta"])
    return Artefact(
        content=content_version(*versions),
        metadata={
            "planets": len(rows),
            "labelled_craters": int(table["craters"].sum()),
            "ejecta_share_of_pixels": float(table["ejecta"].mean()) if rows else 0.0,
            "by_planet": table,
            "path": str(project.paths.training),
            **pictures,
        },
    )
