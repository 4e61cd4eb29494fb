"""How large the value of a pickle is when it is written out: values in it may stand there twice.

A tuple of the same tuple twice, and so on forty times, takes two hundred bytes and stands for a
million million values. Whoever compares, hashes or prints it would be busy for days.
"""

from ejmap_ml.errors import CheckpointError

# The largest of the published networks, with its optimizer, takes a tenth of it.
MOST_VALUES = 2**22
DEEPEST = 200
TOO_MUCH = (
    f"the file holds a pickle of more than {MOST_VALUES} values or {DEEPEST} levels, and none that "
    "describes a network does; take a checkpoint of Lightning or torch"
)


def require_bounded(value: object) -> None:
    """Refuse a value that holds itself, is nested too deeply, or stands for too many values.

    Args:
        value: What a pickle holds; each object in it is looked at once.

    Raises:
        CheckpointError: It is one of these.
    """
    _weight(value, {}, 0)


def _weight(value: object, known: dict[int, int], depth: int) -> int:
    """Return how many values a value stands for; those of a container are known by its identity."""
    if not isinstance(value, (tuple, list, dict)):
        return 1
    if depth > DEEPEST:
        raise CheckpointError(TOO_MUCH)
    if id(value) in known:
        # A container that is being weighed holds itself.
        return known[id(value)]
    known[id(value)] = MOST_VALUES
    inner = value.values() if isinstance(value, dict) else value
    total = 1
    for one in inner:
        total += _weight(one, known, depth + 1)
        if total > MOST_VALUES:
            raise CheckpointError(TOO_MUCH)
    known[id(value)] = total
    return total
