"""How well two people agree: one's drawing, taken as a mask, scored against the other's.

No mask can be asked to agree better with a drawing than a second person does.
"""

from collections.abc import Sequence
from itertools import permutations

from ejmap_project.errors import SourceError
from ejmap_project.reference.masks import mask_of_drawing
from ejmap_project.reference.reference_set import DrawnCrater
from ejmap_project.reference.score_table import ReferenceScores, score_row, summarised
from ejmap_project.reference.scores import score_mask

DRAWN_BY = "mask_by"


def drawer_agreement(craters: Sequence[DrawnCrater]) -> ReferenceScores:
    """Score every drawing against every other one of the same crater, in both directions.

    Returns:
        One row a crater and pair: ``drawer`` drew what is scored by, ``mask_by`` the mask.

    Raises:
        SourceError: If no crater was drawn twice.
    """
    rows = [
        {
            **score_row(
                one.crater,
                judge.drawer,
                score_mask(judge, mask_of_drawing(other), rim_rad=one.crater.rim_rad),
            ),
            DRAWN_BY: other.drawer,
        }
        for one in craters
        for judge, other in permutations(one.drawings, 2)
    ]
    if not rows:
        raise SourceError("no crater was drawn by two people; draw some of them twice")
    return summarised(rows)
