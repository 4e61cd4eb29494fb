"""The ready-made ensembles: what each is, how it is trained, and what it is judged on."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import torch
from torch import Tensor

from ejmap_geo.synthetic.planet import PlanetConfig
from ejmap_ml.bundles.bundle import ModelBundle
from ejmap_ml.bundles.network import NormalizedNetwork, build_network
from ejmap_ml.config.bands import COLOUR as COLOUR_BANDS
from ejmap_ml.config.bands import GREY as GREY_BAND
from ejmap_ml.config.model_config import ModelConfig
from ejmap_ml.config.normalization_config import NoNormalizationConfig
from ejmap_ml.config.polar_config import PolarUnetConfig, PolarViewConfig
from ejmap_ml.config.training_config import (
    AdamWConfig,
    OneCycleConfig,
    RangeDiceBceLossConfig,
    TrainingConfig,
)
from ejmap_ml.ejseg.polar_view import EXTRA_CHANNELS

MEMBERS = 3
BATCH, EPOCHS = 3, 12
# The calibration and the scores are of planets whose ejecta end where those of samples do, about a
# third of the surroundings' spread above them.
VISIBLE_INTENSITY = 0.06
# The members' own probability at which ejecta begin. Lower ones find more rays, and cover more of
# what is none; .5, .4, .3 and .2 were tried on the deciding part of the reference set.
BORDER = 0.4
FIRST_LAYER = "model.encoder.0.1.weight"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyKind:
    """A ready-made ensemble.

    Attributes:
        name: Its name, and that of its folder.
        reads: What it reads.
        steps: Training steps of a member.
        begins_with: Ensemble of one band whose members its own begin with; None begins anew.
    """

    name: str
    reads: Literal["grey", "colour"]
    steps: int
    begins_with: str | None = None

    @property
    def bands(self) -> Literal[1, 3]:
        """Number of bands that it reads."""
        return 1 if self.reads == GREY_BAND else 3

    @property
    def planet(self) -> PlanetConfig:
        """The planets that it is calibrated and scored on."""
        return PlanetConfig(
            width_px=2048,
            craters=24,
            giants=4,
            bands=self.bands,
            visible_intensity=VISIBLE_INTENSITY,
        )

    @property
    def view(self) -> PolarViewConfig:
        """What its members look at."""
        return PolarViewConfig(scaling="ring")

    @property
    def config(self) -> ModelConfig:
        """Architecture and training of a member."""
        return ModelConfig(
            name=self.name,
            bands=self.bands,
            reads=self.reads,
            architecture=PolarUnetConfig(
                base_channels=16,
                streak_rows=(4.0, 10.0),
                view=self.view,
            ),
            normalization=NoNormalizationConfig(),
            loss=RangeDiceBceLossConfig(),
            optimizer=AdamWConfig(learning_rate=3e-3, weight_decay=0.01),
            scheduler=OneCycleConfig(rise_share=0.1),
            training=TrainingConfig(
                batch_size=BATCH,
                max_steps=self.steps,
                validation_fraction=0.0,
                validate_every_epochs=EPOCHS,
                drop_incomplete_batch=True,
                gradient_clip=1.0,
                precision="32-true",
            ),
        )


GREY = ReadyKind(name="ready_grey", reads=GREY_BAND, steps=1100)
COLOUR = ReadyKind(name="ready_colour", reads=COLOUR_BANDS, steps=500, begins_with="ready_grey")
KINDS = (GREY, COLOUR)


class _Channels(NamedTuple):
    """Input channels of a network of so many bands: groups of bands, and what is not of a band."""

    groups: int
    bands: int

    def of_group(self, group: int) -> range:
        """Return the positions of a group: levels, rings, then averages along range."""
        # Geometry stands between the rings and the averages.
        first = group * self.bands + (EXTRA_CHANNELS if group >= 2 else 0)
        return range(first, first + self.bands)

    @property
    def total(self) -> int:
        """Number of channels."""
        return self.groups * self.bands + EXTRA_CHANNELS


def widened(grey: ModelBundle, config: ModelConfig) -> dict[str, Tensor]:
    """Return weights of a network of several bands that sees their mean as the grey one its band.

    Args:
        grey: A member that reads one band.
        config: The same architecture for several bands.
    """
    architecture = config.architecture
    assert isinstance(architecture, PolarUnetConfig)  # noqa: S101 - ready-made are polar
    groups = 2 + len(architecture.streak_rows)
    old, new = _Channels(groups, 1), _Channels(groups, config.bands)
    state = dict(NormalizedNetwork(build_network(config), None).state_dict())
    state |= {name: value for name, value in grey.weights.items() if name != FIRST_LAYER}
    cells = architecture.stem**2
    taken = grey.weights[FIRST_LAYER].unflatten(1, (old.total, cells))
    wide = torch.empty_like(state[FIRST_LAYER]).unflatten(1, (new.total, cells))
    # Not of a band: range, angle, size, coverage.
    geometry = slice(2, 2 + EXTRA_CHANNELS)
    first = 2 * config.bands
    wide[:, first : first + EXTRA_CHANNELS] = taken[:, geometry]
    for group in range(groups):
        for channel in new.of_group(group):
            wide[:, channel] = taken[:, old.of_group(group)[0]] / config.bands
    return state | {FIRST_LAYER: wide.flatten(1, 2)}
