"""Calibration: from log-odds of a classifier to shares that come true."""

from typing import Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.optimize import minimize
from scipy.special import expit, log_expit

from ejmap_ml.config.frozen import Frozen
from ejmap_ml.errors import SampleError

FEWEST_OF_A_CLASS = 5


class Calibration(Frozen):
    """Probability of a crater as a logistic function of the log-odds.

    Attributes:
        slope: Factor of the log-odds, positive: the order of tiles stays.
        offset: Added to it.
        tiles: Number of tiles that it was found on; the classifier had not learnt from them.
    """

    slope: float = Field(gt=0)
    offset: float
    tiles: int = Field(ge=0)

    def probability(self, log_odds: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return the probabilities of ``(tile,)`` log-odds."""
        return expit(self.slope * log_odds.astype(np.float64) + self.offset)

    @classmethod
    def fit(cls, log_odds: NDArray[np.floating], is_crater: NDArray[np.bool_]) -> Self:
        """Find slope and offset by logistic regression on Platt's softened labels.

        Platt, Probabilistic outputs for support vector machines (1999): with n tiles of a class its
        label is (n + 1) / (n + 2) instead of 1, so that a few clean tiles make nothing certain.

        Args:
            log_odds: ``(tile,)`` of tiles that the classifier had not learnt from.
            is_crater: ``(tile,)`` their labels.

        Raises:
            SampleError: There are fewer than five tiles of a class, or craters have no higher
                log-odds than the others.
        """
        craters, others = int(is_crater.sum()), int((~is_crater).sum())
        if min(craters, others) < FEWEST_OF_A_CLASS:
            raise SampleError(
                f"calibration needs {FEWEST_OF_A_CLASS} tiles of each class that the classifier "
                f"had not learnt from, got {craters} craters and {others} others"
            )
        wanted = np.where(is_crater, (craters + 1) / (craters + 2), 1 / (others + 2))
        x = log_odds.astype(np.float64)

        def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
            z = parameters[0] * x + parameters[1]
            entropy = -(wanted * log_expit(z) + (1 - wanted) * log_expit(-z)).mean()
            error = expit(z) - wanted
            return float(entropy), np.array([(error * x).mean(), error.mean()])

        slope, offset = minimize(loss, np.array([1.0, 0.0]), jac=True, method="BFGS").x
        if slope <= 0:
            raise SampleError(
                "craters have no higher scores than other tiles, so no calibration can be found; "
                "label more tiles and train again"
            )
        return cls(slope=float(slope), offset=float(offset), tiles=craters + others)
