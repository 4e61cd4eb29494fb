"""Open a project with QGIS's own library, and draw it: ``open_in_qgis.py PROJECT PNG [LAYER ...]``.

Runs in the Python that has QGIS (``python3-qgis`` of Debian), which is not that of EJMAP. Prints
what QGIS found as JSON.
"""

import json
import os
import sys

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from qgis.core import (
    Qgis,
    QgsApplication,
    QgsMapLayer,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsProject,
    QgsRectangle,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor

SIZE_PX = (1440, 720)


def described(layer: QgsMapLayer, project: QgsProject) -> dict[str, object]:
    """Return what QGIS says of a layer."""
    node = project.layerTreeRoot().findLayer(layer.id())
    crs = layer.crs()
    found = {
        "name": layer.name(),
        "valid": layer.isValid(),
        "group": node.parent().name(),
        "shown": node.isVisible(),
        "crs_valid": crs.isValid(),
        "crs": crs.description(),
    }
    if layer.type() == QgsMapLayer.VectorLayer:
        found |= {
            "features": layer.featureCount(),
            "renderer": layer.renderer().type(),
            "labels": layer.labelsEnabled() and layer.labeling() is not None,
        }
    else:
        found |= {"renderer": layer.renderer().type(), "bands": layer.bandCount()}
    return found


def main(project_file: str, picture: str, *ticked: str) -> int:
    """Print the layers of a project, and draw those of some names, else those that it shows."""
    application = QgsApplication([], False)
    application.initQgis()
    project = QgsProject.instance()
    is_read = project.read(project_file)
    settings = QgsMapSettings()
    settings.setOutputSize(QSize(*SIZE_PX))
    settings.setDestinationCrs(project.crs())
    settings.setBackgroundColor(QColor("white"))
    settings.setEllipsoid(project.ellipsoid())
    extent = project.viewSettings().defaultViewExtent()
    tree = project.layerTreeRoot()
    visible = {one.name() for one in tree.layerOrder() if tree.findLayer(one.id()).isVisible()}
    names = {*ticked} or visible
    settings.setLayers([layer for layer in tree.layerOrder() if layer.name() in names])
    settings.setExtent(QgsRectangle(extent))
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    job.renderedImage().save(picture)
    found = {
        "version": Qgis.QGIS_VERSION,
        "read": is_read,
        "title": project.title(),
        "crs": project.crs().description(),
        "ellipsoid": project.ellipsoid(),
        "width_m": extent.width(),
        "layers": [described(layer, project) for layer in project.mapLayers().values()],
        "errors": [error.message for error in job.errors()],
    }
    print(json.dumps(found))  # noqa: T201 - how a script answers
    application.exitQgis()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
