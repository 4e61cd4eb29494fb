"""The steps that the published study does differently, as settings.

The study is Lissoni et al. (2026), DOI 10.5281/zenodo.18787894.
"""

from typing import Literal, NamedTuple

from ejmap_project.settings.sources import Settings

EnsembleRule = Literal["mean-probability", "votes"]
NormalizationTiles = Literal["member", "split"]
ValidationDraw = Literal["overall", "each-class"]
Denoising = Literal["corners", "sides"]
Annulus = Literal["circles", "rim-buffers"]


class Method(NamedTuple):
    """How each of these steps is done.

    Attributes:
        ensemble: When a pixel of a crater's mask is set: where the mean of the members'
            probabilities is above one half, or where at least half of the members' own masks are
            set, each merged from all its tiles first.
        normalization: Tiles that mean and standard deviation of the channels are taken from: those
            that train the member, or all that train or validate in its split, so that all members
            of a split share one normalization.
        validation: Which tiles validate: the configured share of all tiles, or the same with at
            least one tile of each class.
        denoising: What hangs together when small clusters are removed: set pixels by sides and
            corners, clear ones by sides; or both by sides only, and clear clusters at the edge of
            the raster are filled like any other.
        annulus: What bounds the annulus of k1 to k2 radii that models are told the mean bands of:
            circles about the crater, or buffers of its true rim by k - 1 radii.
    """

    ensemble: EnsembleRule
    normalization: NormalizationTiles
    validation: ValidationDraw
    denoising: Denoising
    annulus: Annulus


OURS = Method("mean-probability", "member", "overall", "corners", "circles")
AS_PUBLISHED = Method("votes", "split", "each-class", "sides", "rim-buffers")


class MethodSettings(Settings):
    """What a project states of them; :class:`Method` says what the words mean.

    None takes the published method in a project of a published folder, and ours in any other.
    """

    ensemble: EnsembleRule | None = None
    normalization: NormalizationTiles | None = None
    validation: ValidationDraw | None = None
    denoising: Denoising | None = None
    annulus: Annulus | None = None

    def resolved(self, *, is_published: bool) -> Method:
        """Return how each step is done.

        Args:
            is_published: Whether the project is one of a published folder.
        """
        stated = self.model_dump(exclude_none=True)
        return (AS_PUBLISHED if is_published else OURS)._replace(**stated)
