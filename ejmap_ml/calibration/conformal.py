"""What an ensemble may promise: fitted on craters that neither trained nor calibrated it."""

from ejmap_ml.calibration.area_interval import AreaInterval
from ejmap_ml.calibration.promised_recall import RecallCurve
from ejmap_ml.config.frozen import Frozen


class Conformal(Frozen):
    """Promises that hold for craters like those they were fitted on.

    Attributes:
        recall: Recall of masks by their threshold.
        area: Interval of the area of ejecta.
    """

    recall: RecallCurve
    area: AreaInterval
