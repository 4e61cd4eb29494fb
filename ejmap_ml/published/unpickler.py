"""Unpickling that runs nothing: plain values, descriptions of tensors, blanks for all else.

A pickle is a program that may call whatever it can import. Here the standard library only decodes
its opcodes; they are carried out on plain values. A global is kept as its name and never imported,
so there is nothing that could be called: objects that only code can make become :data:`BLANK`.
"""

import pickletools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import IO, Any

import torch

from ejmap_ml.errors import CheckpointError

# The largest of the published networks, pickled twice with its optimizer, takes a tenth of it.
MOST_PICKLE_BYTES = 2**23
DTYPES = {
    "DoubleStorage": torch.float64,
    "FloatStorage": torch.float32,
    "HalfStorage": torch.float16,
    "BFloat16Storage": torch.bfloat16,
    "LongStorage": torch.int64,
    "IntStorage": torch.int32,
    "ShortStorage": torch.int16,
    "CharStorage": torch.int8,
    "ByteStorage": torch.uint8,
    "BoolStorage": torch.bool,
    "ComplexFloatStorage": torch.complex64,
    "ComplexDoubleStorage": torch.complex128,
}
# What can go wrong when opcodes come in an order that no pickler writes.
MALFORMED = (ValueError, IndexError, KeyError, TypeError, OverflowError)


@dataclass(frozen=True, slots=True)
class Blank:
    """An object of which nothing is known but that it was there."""


@dataclass(frozen=True, slots=True)
class Global:
    """A name that a pickle refers to; never looked up."""

    module: str
    name: str


@dataclass(frozen=True, slots=True)
class StorageRef:
    """The numbers of one or more tensors, which lie outside the pickle.

    Attributes:
        key: Where they lie.
        dtype: What they are.
        count: How many there are.
    """

    key: str
    dtype: torch.dtype
    count: int


@dataclass(frozen=True, slots=True)
class TensorRef:
    """A tensor as a view of a storage, as the pickle says and not yet checked."""

    storage: StorageRef
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


BLANK = Blank()
_REBUILD = (
    Global("torch._utils", "_rebuild_tensor"),
    Global("torch._utils", "_rebuild_tensor_v2"),
)
_PARAMETER = (
    Global("torch._utils", "_rebuild_parameter"),
    Global("torch._utils", "_rebuild_parameter_with_state"),
)
_ORDERED = Global("collections", "OrderedDict")
_SIZE = Global("torch", "Size")


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
                return Unpickled(machine.stack.pop(), machine.storages)
            machine.step(opcode.name, argument)
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

    def step(self, name: str, argument: Any) -> None:  # noqa: ANN401 - what opcodes carry
        """Carry out one opcode."""
        if name in _CONSTANTS:
            self.stack.append(argument)
        elif name in _NEW:
            self.stack.append(_NEW[name]())
        else:
            _STEPS[name](self, argument)

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

        Hashes of nested tuples, and of numbers chosen to collide, may take for ever.
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
        self.stack.append(_reduced(function, arguments))

    def blank(self, count: int) -> None:
        """Replace the uppermost values by a blank."""
        self.popped(count)
        self.stack.append(BLANK)

    def blank_since_mark(self) -> None:
        """Replace all values above the last mark by a blank."""
        self.since_mark()
        self.stack.append(BLANK)

    def refer(self) -> None:
        """Replace a persistent id by the storage that it names."""
        (found,) = self.popped(1)
        storage = _storage(found)
        if isinstance(storage, StorageRef):
            self.storages[storage.key] = storage
        self.stack.append(storage)


def _reduced(function: object, arguments: Any) -> object:  # noqa: ANN401 - from the pickle
    if type(arguments) is not tuple:
        return BLANK
    if function in _REBUILD:
        return _tensor(*arguments[:4])
    if function in _PARAMETER and isinstance(arguments[0], TensorRef):
        return arguments[0]
    if function == _ORDERED:
        return {}
    if function == _SIZE:
        return tuple(arguments[0])
    return BLANK


def _tensor(storage: object, offset: object, shape: object, strides: object) -> object:
    if (
        isinstance(storage, StorageRef)
        and _is_count(offset)
        and _is_counts(shape)
        and _is_counts(strides)
    ):
        return TensorRef(storage, offset, shape, strides)  # pyright: ignore[reportArgumentType] - checked above
    return BLANK


def _storage(named: Any) -> object:  # noqa: ANN401 - from the pickle
    match named:
        case ("storage", Global("torch", kind), str(key), _, int(count), *views):
            is_plain = kind in DTYPES and _is_count(count) and not any(views)
            return StorageRef(key, DTYPES[kind], count) if is_plain else BLANK
        case _:
            return BLANK


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value < 2**63


def _is_counts(values: object) -> bool:
    return type(values) is tuple and all(_is_count(value) for value in values)


def _split_global(text: str) -> Global:
    module, _, name = text.partition(" ")
    return Global(module, name)


def _stack_global(machine: _Machine) -> None:
    module, name = machine.popped(2)
    machine.stack.append(Global(str(module), str(name)))


_CONSTANTS = frozenset(
    {"INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT"}
    | {"STRING", "BINSTRING", "SHORT_BINSTRING", "BINBYTES", "SHORT_BINBYTES", "BINBYTES8"}
    | {"UNICODE", "SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8", "NONE"}
)
_NEW: Mapping[str, Callable[[], object]] = {
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
    "EMPTY_LIST": list,
    "EMPTY_DICT": dict,
    "EMPTY_TUPLE": tuple,
    **dict.fromkeys(["EMPTY_SET", "BYTEARRAY8", "NEXT_BUFFER", "EXT1", "EXT2", "EXT4"], Blank),
}
_STEPS: Mapping[str, Callable[[_Machine, Any], object]] = {
    "PROTO": lambda _, __: None,
    "FRAME": lambda _, __: None,
    "READONLY_BUFFER": lambda _, __: None,
    "MARK": lambda machine, _: machine.marks.append(len(machine.stack)),
    "POP": lambda machine, _: machine.drop(),
    "POP_MARK": lambda machine, _: machine.since_mark(),
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
    "ADDITEMS": lambda machine, _: machine.since_mark(),
    "DICT": lambda machine, _: machine.new_dict(),
    "GLOBAL": lambda machine, text: machine.stack.append(_split_global(text)),
    "STACK_GLOBAL": lambda machine, _: _stack_global(machine),
    "REDUCE": lambda machine, _: machine.reduce(),
    "BUILD": lambda machine, _: machine.popped(1),
    "NEWOBJ": lambda machine, _: machine.blank(2),
    "NEWOBJ_EX": lambda machine, _: machine.blank(3),
    "BINPERSID": lambda machine, _: machine.refer(),
    "PERSID": lambda machine, _: machine.stack.append(BLANK),
    **dict.fromkeys(["FROZENSET", "INST", "OBJ"], lambda machine, _: machine.blank_since_mark()),
}
