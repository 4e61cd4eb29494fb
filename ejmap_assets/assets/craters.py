"""The assets of each crater: from the mosaic around it to its mask and its profile."""

from ejmap_assets.making.crater_assets import crater_asset
from ejmap_assets.making.crater_step import CraterTask
from ejmap_project.analysis.crater_pattern import measure_pattern
from ejmap_project.analysis.crater_profile import measure_profile
from ejmap_project.artefact import Artefact
from ejmap_project.mapping.azimuthal_mosaic import cut_azimuthal_mosaic
from ejmap_project.mapping.basemap_mask import place_mask
from ejmap_project.mapping.ejecta_layers import segment_ejecta
from ejmap_project.mapping.polar_prediction import predict_polar
from ejmap_project.mapping.promised_mask import place_promised_mask
from ejmap_project.mapping.tile_connections import connect_tiles
from ejmap_project.mapping.tile_store import cut_tile_store


@crater_asset(kinds={"geotiff"})
def azimuthal_mosaic(task: CraterTask) -> Artefact:
    """Mosaic around one crater in azimuthal equidistant projection.

    A GeoTIFF with the bands of the basemap mosaic, at most 3072 pixels wide: it is there to look
    at, models see the mosaic itself. The crater is in the centre, distances from it are true, north
    is up. The raster covers the area that is searched for ejecta. If the picture does not show the
    crater in the centre, correct its position in the catalogue.
    """
    return cut_azimuthal_mosaic(task.work, task.crater, tags=task.file_tags)


@crater_asset(kinds={"zarr"})
def tile_store(task: CraterTask) -> Artefact:
    """Places of tiles and polar view of the surroundings of one crater, the input of the models.

    A Zarr store: where square tiles on a regular grid lie and, for a polar EJSEG, the polar view.
    What models see of a tile is cut from the mosaic. The view plots azimuth against range, so rays
    are straight stripes. The picture shows it with the crater along the bottom.
    """
    recipe = task.recipe
    return cut_tile_store(
        task.work, task.crater, recipe=recipe.digest, inputs=recipe.input_versions
    )


@crater_asset(kinds={"geotiff", "pytorch"})
def polar_prediction(task: CraterTask) -> Artefact:
    """Probability of ejecta in the polar view of one crater, by a polar EJSEG.

    A GeoTIFF with azimuth along x and log-range along y: the ensemble's mean probability and vote
    fraction, and the probability of each member. Connections and mask follow from it. A project
    whose EJSEG looks at tiles makes none. The picture shows the polar view with the crater along
    the bottom, and the probability beside it.
    """
    return predict_polar(task.work, task.crater, tags=task.file_tags)


@crater_asset(kinds={"parquet", "pytorch"})
def connection_predictions(task: CraterTask) -> Artefact:
    """Tiles around one crater that hold its ejecta, by its polar prediction or by EJCONN.

    A table with one row a tile: the probability, the share of members that vote for ejecta, and
    whether the tile is connected to the crater. With a polar EJSEG a tile is connected if its mask
    has ejecta there, unless the settings name EJCONN; with a tile EJSEG a majority of EJCONN's
    members decides. A project of a published folder may use the published connections instead. The
    picture shows the probability of each tile.
    """
    return connect_tiles(task.work, task.crater)


@crater_asset(kinds={"geotiff", "pytorch"})
def segmentation_mask(task: CraterTask) -> Artefact:
    """Ejecta of one crater in azimuthal projection, by EJSEG.

    A GeoTIFF of three bands of one byte: the probability of ejecta in each pixel in 254 steps of
    equal odds, the share of EJSEG's members that vote for ejecta, and the mask (probability above
    one half before it is rounded, cleaned as the settings say). Its tags say how steps become
    probabilities. A polar EJSEG's prediction is resampled; a tile EJSEG segments the connected
    tiles. The picture shows the mosaic, the mask over it, and the probability.
    """
    return segment_ejecta(task.work, task.crater, tags=task.file_tags)


@crater_asset(kinds={"geotiff"})
def basemap_mask(task: CraterTask) -> Artefact:
    """Ejecta of one crater on the pixels of the basemap.

    A GeoTIFF of 0 and 1, cropped to the ejecta. Its tags name the mosaic and the models that it
    was made with. The picture shows the ejecta over the mosaic.
    """
    return place_mask(task.work, task.crater, tags=task.file_tags)


@crater_asset(kinds={"geotiff"})
def promised_recall_mask(task: CraterTask) -> Artefact:
    """Mask of one crater at the promised recall, and the expected area of its ejecta.

    A GeoTIFF of 0 and 1 on the pixels of the basemap, as ``basemap_mask``, but wide enough to find
    the share ``mapping.promised_recall`` of a crater's ejecta on average over craters. Nothing is
    cleaned away. Its tags hold the expected area of the ejecta with an interval that holds the true
    one for 95 of 100 craters. Both promises were measured on synthetic planets; only ensembles
    that were calibrated make them. The picture shows what the wider mask adds to the balanced one.
    """
    return place_promised_mask(task.work, task.crater, tags=task.file_tags)


@crater_asset(kinds={"parquet"})
def crater_profile(task: CraterTask) -> Artefact:
    """Ejecta fraction and brightness by distance from one crater.

    One row a ring of half a crater radius: the imaged area, the area of ejecta, and the mean of
    each band on ejecta and beside them. Bright ejecta lie above the dotted line in the picture.
    """
    return measure_profile(task.work, task.crater)


@crater_asset(kinds={"parquet"})
def crater_pattern(task: CraterTask) -> Artefact:
    """Blanket, rays, reach, asymmetry and volume of the ejecta of one crater.

    A folder: one row of quantities in SI units (docs/quantities.md has unit, formula, reference and
    interval of each), one row a ray, one row in the published columns. The pictures show the mask
    with the blanket and the ends of rays, the coverage by distance, the ejecta by azimuth, and all
    of it on one page with mosaic and probability.
    """
    return measure_pattern(task.work, task.crater)
