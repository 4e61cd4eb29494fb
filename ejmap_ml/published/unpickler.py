"""Unpickling that runs nothing: plain values, descriptions of tensors, blanks for all else.

A pickle is a program that may call whatever it can import. Here the standard library only decodes
its opcodes; they are carried out on plain values. A global is kept as its name and never imported,
so there is nothing that could be called: objects that only code can make become :data:`BLANK`.

A ``pickle.Unpickler`` whose ``find_class`` returns inert classes is not enough. It hashes every key
of a dictionary and every item of a set, and the hash of a nested tuple of a hundred bytes takes
years; it also allocates a memo as long as the file claims.
"""

import pickletools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import IO, Any

from ejmap_ml.errors import CheckpointError
from ejmap_ml.published.pickle_budget import TOO_MUCH, require_bounded
from ejmap_ml.published.tensor_ref import BLANK, Global, StorageRef, result_of, storage_of

# The largest of the published networks, pickled twice with its optimizer, takes a tenth of it.
MOST_PICKLE_BYTES = 2**23
MOST_OPCODES = 2**21
# What can go wrong when opcodes come in an order that no pickler writes.
MALFORMED = (ValueError, IndexError, KeyError, TypeError, OverflowError)


@dataclass(slots=True)
class Unpickled:
    """What a pickle holds.

    Attributes:
        value: Plain values, tensors as :class:`TensorRef`, all else as :data:`BLANK`.
        storages: Every storage that it refers to, by key.
    """

    value: object
    storages: Mapping[str, StorageRef]


def unpickled(stream: IO[bytes]) -> Unpickled:
    """Read one pickle and leave the stream behind it.

    Raises:
        CheckpointError: It is no pickle, or longer than any that describes a network.
    """
    machine = _Machine()
    try:
        for opcode, argument, _ in pickletools.genops(_Bounded(stream)):  # pyright: ignore[reportArgumentType] - it asks for read and readline alone
            if opcode.name == "STOP":
                value = machine.stack.pop()
                require_bounded(value)
                return Unpickled(value, machine.storages)
            machine.step(opcode, argument)
    except CheckpointError:
        raise
    except MALFORMED as error:
        raise CheckpointError(
            f"the file holds a damaged pickle ({error}); fetch it again from where it came"
        ) from error
    raise CheckpointError("the file holds a pickle without an end; fetch it again")


class _Bounded:
    """A stream of which no more than a pickle's worth is read, whatever lengths it claims."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._left = MOST_PICKLE_BYTES

    def read(self, size: int) -> bytes:
        self._spend(size)
        return self._stream.read(size)

    def readline(self) -> bytes:
        line = self._stream.readline(self._left + 1)
        self._spend(len(line))
        return line

    def _spend(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise CheckpointError(
                f"the file holds a pickle of more than {MOST_PICKLE_BYTES} bytes, and none that "
                "describes a network is that long; take a checkpoint of Lightning or torch"
            )


@dataclass(slots=True)
class _Machine:
    """The stack machine that a pickle is written for, with nothing to call."""

    stack: list[Any] = field(default_factory=list[Any])
    marks: list[int] = field(default_factory=list[int])
    memo: dict[int, Any] = field(default_factory=dict[int, Any])
    storages: dict[str, StorageRef] = field(default_factory=dict[str, StorageRef])
    steps: int = 0

    def step(self, opcode: pickletools.OpcodeInfo, argument: Any) -> None:  # noqa: ANN401 - what opcodes carry
        """Carry out one opcode.

        Raises:
            CheckpointError: There were more than any network needs.
        """
        self.steps += 1
        if self.steps > MOST_OPCODES:
            raise CheckpointError(TOO_MUCH)
        if opcode.name in _CONSTANTS:
            self.stack.append(argument)
        elif opcode.name in _STEPS:
            _STEPS[opcode.name](self, argument)
        else:
            self.blank(opcode)

    def blank(self, opcode: pickletools.OpcodeInfo) -> None:
        """Take what an opcode takes, and put blanks for what it would put."""
        taken = opcode.stack_before
        if pickletools.markobject in taken:
            self.since_mark()
            taken = taken[: taken.index(pickletools.markobject)]
        self.popped(len(taken))
        self.stack.extend(BLANK for _ in opcode.stack_after)

    def popped(self, count: int) -> list[Any]:
        """Take the uppermost values, the lowest of them first."""
        if count > len(self.stack):
            raise IndexError("a value is missing")
        taken = self.stack[len(self.stack) - count :]
        del self.stack[len(self.stack) - count :]
        return taken

    def since_mark(self) -> list[Any]:
        """Take all values above the last mark."""
        start = self.marks.pop()
        taken = self.stack[start:]
        del self.stack[start:]
        return taken

    def drop(self) -> None:
        """Drop the uppermost value, or the mark when it is uppermost."""
        if self.marks and self.marks[-1] == len(self.stack):
            self.marks.pop()
        else:
            self.popped(1)

    def remember(self, number: int) -> None:
        """Give the uppermost value a number."""
        if number > MOST_PICKLE_BYTES:
            raise ValueError(f"a value has the number {number}")
        self.memo[number] = self.stack[-1]

    def extend(self, values: list[Any]) -> None:
        """Append to the list on top; what only stands for one stays as it is."""
        if type(self.stack[-1]) is list:
            self.stack[-1].extend(values)

    def update(self, pairs: list[Any]) -> None:
        """Set items of the dictionary on top; those whose key is no text are left out.

        Hashing nested tuples, or numbers that were chosen to collide, may take years.
        """
        target = self.stack[-1]
        if type(target) is not dict:
            return
        for key, value in zip(pairs[::2], pairs[1::2], strict=True):
            if isinstance(key, str):
                target[key] = value

    def new_dict(self) -> None:
        """Put all values above the last mark into a dictionary."""
        pairs = self.since_mark()
        self.stack.append({})
        self.update(pairs)

    def reduce(self) -> None:
        """Put what a call would return, where that is known without calling."""
        function, arguments = self.popped(2)
        self.stack.append(result_of(function, arguments))

    def refer(self) -> None:
        """Replace a persistent id by the storage that it names."""
        (found,) = self.popped(1)
        storage = storage_of(found)
        if isinstance(storage, StorageRef):
            self.storages[storage.key] = storage
        self.stack.append(storage)


def _split_global(text: str) -> Global:
    module, _, name = text.partition(" ")
    return Global(module, name)


def _stack_global(machine: _Machine) -> None:
    module, name = machine.popped(2)
    if type(module) is not str or type(name) is not str:
        raise TypeError("a name is no text")
    machine.stack.append(Global(module, name))


_CONSTANTS = frozenset(
    {"INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT"}
    | {"STRING", "BINSTRING", "SHORT_BINSTRING", "BINBYTES", "SHORT_BINBYTES", "BINBYTES8"}
    | {"UNICODE", "SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8"}
)
# All others leave blanks.
_STEPS: Mapping[str, Callable[[_Machine, Any], object]] = {
    "NONE": lambda machine, _: machine.stack.append(None),
    "NEWTRUE": lambda machine, _: machine.stack.append(True),
    "NEWFALSE": lambda machine, _: machine.stack.append(False),
    "EMPTY_LIST": lambda machine, _: machine.stack.append([]),
    "EMPTY_DICT": lambda machine, _: machine.stack.append({}),
    "EMPTY_TUPLE": lambda machine, _: machine.stack.append(()),
    "MARK": lambda machine, _: machine.marks.append(len(machine.stack)),
    "POP": lambda machine, _: machine.drop(),
    "DUP": lambda machine, _: machine.stack.append(machine.stack[-1]),
    "MEMOIZE": lambda machine, _: machine.remember(len(machine.memo)),
    **dict.fromkeys(["PUT", "BINPUT", "LONG_BINPUT"], _Machine.remember),
    **dict.fromkeys(
        ["GET", "BINGET", "LONG_BINGET"],
        lambda machine, number: machine.stack.append(machine.memo[number]),
    ),
    "LIST": lambda machine, _: machine.stack.append(machine.since_mark()),
    "TUPLE": lambda machine, _: machine.stack.append(tuple(machine.since_mark())),
    "TUPLE1": lambda machine, _: machine.stack.append(tuple(machine.popped(1))),
    "TUPLE2": lambda machine, _: machine.stack.append(tuple(machine.popped(2))),
    "TUPLE3": lambda machine, _: machine.stack.append(tuple(machine.popped(3))),
    "APPEND": lambda machine, _: machine.extend(machine.popped(1)),
    "APPENDS": lambda machine, _: machine.extend(machine.since_mark()),
    "SETITEM": lambda machine, _: machine.update(machine.popped(2)),
    "SETITEMS": lambda machine, _: machine.update(machine.since_mark()),
    "DICT": lambda machine, _: machine.new_dict(),
    "GLOBAL": lambda machine, text: machine.stack.append(_split_global(text)),
    "STACK_GLOBAL": lambda machine, _: _stack_global(machine),
    "REDUCE": lambda machine, _: machine.reduce(),
    "BUILD": lambda machine, _: machine.popped(1),
    "BINPERSID": lambda machine, _: machine.refer(),
}
