"""Check that the mosaic looks like what the models learned from."""

from ejmap_assets.checks.finding import Finding, good, warning
from ejmap_assets.checks.project_check import CheckedProject, project_check
from ejmap_ml.ejseg.view_statistics import in_words
from ejmap_project.mapping.view_check import compare_views


@project_check(asset="global_map", blocking=False)
def views_are_like_training(checked: CheckedProject) -> Finding:
    """The surroundings of the craters look like those that EJSEG learned from.

    Compares medians over the craters with the views of training: brightness near the craters,
    skewness, texture, coarse contrast, flat and clipped shares, correlation of bands. A number out
    of its range warns: bands in another order or with another sign, an inverted, clipped or shaded
    mosaic. Then look at some masks before you trust any.
    """
    found = compare_views(checked.project)
    if found is None:
        return good("the model does not say what it learned from; nothing to compare", views=0)
    numbers = {one.name: one.found for one in found.unlike}
    if not found.unlike:
        return good(f"{found.views} views are like those of training", views=found.views)
    listed = ", ".join(
        f"{in_words(one.name)} {one.found:.2f} instead of {one.low:.2f} to {one.high:.2f}"
        for one in found.unlike
    )
    return warning(
        f"the mosaic is unlike what the model learned from, so masks may be wrong: {listed}; check "
        "`bands`, signs and stretch of the mosaic, or name another model",
        views=found.views,
        **numbers,
    )
