"""Whether the comparison with manual maps agrees with itself."""

from ejmap_geo.scores.crater_agreement import QUARTERS
from ejmap_project.artefact import Checked
from ejmap_project.files.table_file import read_table
from ejmap_project.manual_maps.comparison_table import WHOLE, ManualComparisonTable
from ejmap_project.open_project import OpenProject

COUNTS = ["true_positive", "false_positive", "false_negative"]


def check_comparison(project: OpenProject) -> Checked:
    """Check that the quarters of each crater add up to its whole mask.

    Raises:
        SchemaError: If the table does not fit its schema.
    """
    table = ManualComparisonTable.validate(read_table(project.paths.manual_comparison))
    whole = table[table["part"] == WHOLE].set_index("crater_id")[COUNTS]
    quarters = table[table["part"].isin(QUARTERS)].groupby("crater_id")[COUNTS].sum()
    differs = (quarters.reindex(whole.index) != whole).any(axis=1)
    wrong = sorted(int(one) for one in whole.index[differs])
    fault = f"quarters of {len(wrong)} crater(s) do not add up ({wrong[:5]})" if wrong else ""
    todo = "; materialise manual_comparison again" if wrong else ""
    return Checked(fault + todo, {"compared_craters": len(whole)})
