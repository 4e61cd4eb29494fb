"""Losses of the semi-supervised game between discriminator and generator."""

from typing import Literal, assert_never

from torch import Tensor
from torch.nn import functional

from ejmap_ml.sgan.discriminator import Heads


def supervised_loss(labelled: Heads, label: Tensor) -> Tensor:
    """Return the cross-entropy of class logits against ``label`` ``(B,)``."""
    return functional.cross_entropy(labelled.class_logits, label)


def unsupervised_loss(unlabelled: Heads, generated: Heads) -> Tensor:
    """Return the cross-entropy of "true" for tiles and of "false" for generated ones, summed."""
    # softplus(-s) is -log D and softplus(s) is -log(1 - D), without the overflow of exp.
    return (
        functional.softplus(-unlabelled.true_logit).mean()
        + functional.softplus(generated.true_logit).mean()
    )


def generator_loss(
    kind: Literal["feature_matching", "adversarial"], *, unlabelled: Heads, generated: Heads
) -> Tensor:
    """Return what the generator minimises.

    Feature matching is the squared distance between the mean features of tiles and generated ones;
    adversarial is the cross-entropy of "true" for generated ones.
    """
    match kind:
        case "feature_matching":
            wanted = unlabelled.features.detach().mean(dim=0)
            return (generated.features.mean(dim=0) - wanted).square().sum()
        case "adversarial":
            return functional.softplus(-generated.true_logit).mean()
        case _:
            assert_never(kind)
