"""Checkpoints that name classes of other programs, written without having those programs."""

import functools
import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch

from ejmap_geo.whole_file import whole_file
from ejmap_ml.published.tensor_ref import Global

# The protocol of torch: names of globals stand in it as lines of text.
PROTOCOL = 2


@dataclass(frozen=True, slots=True)
class Call:
    """What a foreign function returns when the file is read where that function is."""

    function: Global
    keywords: Mapping[str, object]


def save_foreign(content: Mapping[str, object], path: Path) -> None:
    """Write ``content`` as ``torch.save`` does, calls included; whole or not at all."""
    module = SimpleNamespace(__name__=__name__, Pickler=_NamingPickler)
    with whole_file(path) as unfinished:
        torch.save(dict(content), unfinished, pickle_module=module, pickle_protocol=PROTOCOL)


# The pickler in C looks names up before it writes them; the one in Python can be taught not to.
class _NamingPickler(pickle._Pickler):  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - the only pickler that can be taught
    """A pickler that writes names of classes that are not here."""

    dispatch = dict(pickle._Pickler.dispatch)  # noqa: RUF012, SLF001  # pyright: ignore[reportPrivateUsage] - as its base declares it


def _save_name(pickler: Any, named: Global) -> None:  # noqa: ANN401 - a private class
    pickler.write(pickle.GLOBAL + f"{named.module}\n{named.name}\n".encode("ascii"))


def _save_call(pickler: Any, call: Call) -> None:  # noqa: ANN401 - a private class
    # Pickles call with positional arguments alone: keywords are bound first.
    pickler.save(functools.partial)
    pickler.save((call.function,))
    pickler.write(pickle.REDUCE)
    pickler.save((call.function, (), dict(call.keywords), None))
    pickler.write(pickle.BUILD + pickle.EMPTY_TUPLE + pickle.REDUCE)


_NamingPickler.dispatch[Global] = _save_name
_NamingPickler.dispatch[Call] = _save_call
