"""A pickle that stands for more than its bytes is refused before anybody walks through it."""

import io
import pickle
import time

import pytest

from ejmap_ml.errors import CheckpointError
from ejmap_ml.published.unpickler import unpickled

PROTOCOL = pickle.PROTO + b"\x02"


def _doubled(times: int) -> bytes:
    """Return a tuple of the same tuple twice, and so on."""
    double = b"2\x86"  # DUP, TUPLE2
    return PROTOCOL + b"K\x01" + double * times + b"."


def _nested(levels: int) -> bytes:
    return PROTOCOL + b"K\x01" + b"\x85" * levels + b"."  # TUPLE1


def _itself() -> bytes:
    return PROTOCOL + b"]q\x00h\x00a."  # a list that holds itself


def _repeated(times: int) -> bytes:
    """Return a list of many times the same list."""
    inner = b"](" + b"K\x01" * 3000 + b"eq\x00"
    return PROTOCOL + inner + b"](" + b"h\x00" * times + b"e."


@pytest.mark.parametrize(
    "content",
    [_doubled(40), _doubled(100_000), _nested(100_000), _itself(), _repeated(3000)],
    ids=["doubled 40 times", "doubled", "nested", "holds itself", "repeated"],
)
def test_a_pickle_that_stands_for_too_much_is_refused_at_once(content: bytes) -> None:
    """In seconds of CPU, and not after a traceback."""
    begun = time.process_time()

    with pytest.raises(CheckpointError, match="of more than"):
        unpickled(io.BytesIO(content))

    assert time.process_time() - begun < 5


def test_more_opcodes_than_describe_a_network_are_refused() -> None:
    """They would keep the machine busy for minutes."""
    with pytest.raises(CheckpointError, match="of more than"):
        unpickled(io.BytesIO(PROTOCOL + b"N0" * 2**21 + b"N."))


def test_values_that_stand_there_twice_are_read() -> None:
    """As optimizers refer to the same settings."""
    shared = [1, 2, 3]

    assert unpickled(io.BytesIO(pickle.dumps({"a": shared, "b": shared}, 2))).value == {
        "a": [1, 2, 3],
        "b": [1, 2, 3],
    }
