"""Files of torch give their tensors, and whatever else is in them never runs."""

import contextlib
import functools
import io
import os
import pickle
import pickletools
import tracemalloc
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from ejmap_ml.errors import CheckpointError
from ejmap_ml.published import unpickler
from ejmap_ml.published.tensor_file import read_tensor_file
from ejmap_ml.published.tensor_ref import BLANK
from ejmap_ml.published.unpickler import unpickled


class _Call:
    """Pickled as a call of any function."""

    def __init__(self, function: Callable[..., Any], *arguments: object) -> None:
        self.call = (function, arguments)

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[object, ...]]:
        return self.call


class _Restored(nn.Linear):
    """A network that does harm when its state is put back."""

    def __init__(self, trap: Path) -> None:
        super().__init__(2, 3)
        self.trap = trap

    def __setstate__(self, state: dict[str, Any]) -> None:
        state["trap"].mkdir()


class _Reduced(nn.Linear):
    """A network that is pickled as a call."""

    def __init__(self, trap: Path) -> None:
        super().__init__(2, 3)
        self.trap = trap

    def __reduce__(self) -> Any:
        return (os.mkdir, (str(self.trap),))


def _tensors() -> "OrderedDict[str, torch.Tensor]":
    generator = torch.Generator().manual_seed(0)
    weight = torch.randn((3, 4, 2), generator=generator)
    return OrderedDict(
        {
            "plain": weight,
            "turned": weight.transpose(0, 2),
            "part": weight[1:, 1:3],
            "channels_last": torch.randn((2, 4, 3, 3)).to(memory_format=torch.channels_last),
            "half": weight.half(),
            "count": torch.tensor(7),
            "empty": torch.zeros(0, 3),
            "flags": torch.tensor([True, False]),
            "parameter": nn.Parameter(weight[0]),
        }
    )


@pytest.fixture
def tensors() -> "OrderedDict[str, torch.Tensor]":
    """Return tensors of all kinds, some of which share their numbers."""
    return _tensors()


@pytest.mark.parametrize("is_zip", [True, False])
@pytest.mark.parametrize("protocol", [2, 4, 5])
@pytest.mark.parametrize("key", ["state_dict", None])
def test_tensors_are_read_as_torch_reads_them(
    tensors, tmp_path: Path, *, is_zip: bool, protocol: int, key: str | None
) -> None:
    """Views, slices and scalars, in both formats, inside a checkpoint or alone."""
    path = tmp_path / "file.ckpt"
    content = tensors if key is None else {key: tensors, "epoch": 7, "global_step": 70}
    torch.save(content, path, _use_new_zipfile_serialization=is_zip, pickle_protocol=protocol)

    read = read_tensor_file(path)

    assert list(read.tensors) == list(tensors)
    for name, value in tensors.items():
        assert read.tensors[name].dtype == value.dtype
        assert torch.equal(read.tensors[name], value)
        assert read.tensors[name].is_contiguous()
    assert (read.epoch, read.step) == ((7, 70) if key else (None, None))


def test_every_opcode_of_the_standard_library_is_known() -> None:
    """So that a newer pickle protocol would be noticed here, whose opcodes leave blanks."""
    names = {opcode.name for opcode in pickletools.opcodes}
    blank = {
        *("PROTO", "FRAME", "POP_MARK", "EXT1", "EXT2", "EXT4", "INST", "OBJ", "NEWOBJ", "PERSID"),
        *("NEWOBJ_EX", "EMPTY_SET", "FROZENSET", "ADDITEMS", "BYTEARRAY8", "NEXT_BUFFER"),
        "READONLY_BUFFER",
    }

    known = {*unpickler._CONSTANTS, *unpickler._STEPS, "STOP"}

    assert names - known == blank
    assert known < names


@pytest.mark.parametrize("protocol", range(6))
def test_plain_values_are_read_and_the_rest_is_blank(protocol: int) -> None:
    """Every protocol; a class, a function, a set and an instance are never more than a blank."""
    value = {
        "numbers": [1, -(2**70), 1.5, True, False, None, 300, 70000],
        "texts": ("a", "ä" * 300, b"bytes" * 60),
        "nested": {"one": {"two": [()]}, "three": (1, 2, 3, 4)},
        "set": {1},
        "frozen": frozenset({1, 2}),
        "buffer": bytearray(b"x"),
        "path": Path("x"),
        "call": _Call(eval, "1"),
    }

    read = unpickled(io.BytesIO(pickle.dumps(value, protocol))).value

    assert isinstance(read, dict)
    plain = {key: value[key] for key in ("numbers", "nested")}
    assert {key: read[key] for key in plain} == plain
    assert read["texts"][:2] == value["texts"][:2]
    assert [read[key] for key in ("set", "frozen", "buffer", "path", "call")] == [BLANK] * 5


def _attacks(trap: Path) -> dict[str, object]:
    code = f"__import__('os').mkdir({str(trap)!r})"
    return {
        "system": _Call(os.system, f"mkdir '{trap}'"),
        "eval": _Call(eval, code),
        "exec": _Call(exec, code),
        "partial": _Call(functools.partial(os.mkdir, str(trap))),
        "state": _Restored(trap),
        "reduce": _Reduced(trap),
        "nested": {"deep": [({"er": _Call(eval, code)},)]},
    }


@pytest.mark.parametrize("is_zip", [True, False])
@pytest.mark.parametrize("name", list(_attacks(Path())))
def test_nothing_in_a_checkpoint_runs(tensors, tmp_path: Path, name: str, *, is_zip: bool) -> None:
    """Traps beside the weights do not spring, and the weights are read all the same."""
    trap = tmp_path / "sprung"
    attack = _attacks(trap)[name]
    path = tmp_path / "file.ckpt"
    content = {"hyper_parameters": {"model": attack}, "state_dict": tensors, "callbacks": attack}
    torch.save(content, path, _use_new_zipfile_serialization=is_zip)

    read = read_tensor_file(path)

    assert not trap.exists()
    assert torch.equal(read.tensors["part"], tensors["part"])
    with contextlib.suppress(OSError):  # it is in the file twice
        torch.load(path, weights_only=False)
    assert trap.exists()


@pytest.mark.parametrize("name", ["system", "eval", "reduce"])
def test_a_trap_in_place_of_a_tensor_is_named(tensors, tmp_path: Path, name: str) -> None:
    """It cannot be told what the weights are."""
    trap = tmp_path / "sprung"
    tensors["plain"] = _attacks(trap)[name]
    torch.save({"state_dict": tensors}, tmp_path / "file.ckpt")

    with pytest.raises(CheckpointError, match="plain should be a tensor, and is none"):
        read_tensor_file(tmp_path / "file.ckpt")

    assert not trap.exists()


@pytest.mark.parametrize("is_zip", [True, False])
def test_a_trap_in_place_of_all_is_named(tmp_path: Path, *, is_zip: bool) -> None:
    """Nothing but code is no checkpoint."""
    trap = tmp_path / "sprung"
    path = tmp_path / "file.ckpt"
    torch.save(_attacks(trap)["eval"], path, _use_new_zipfile_serialization=is_zip)

    with pytest.raises(CheckpointError, match="holds no tensors by name"):
        read_tensor_file(path)

    assert not trap.exists()


def _rewritten(path: Path, **changes: Callable[[bytes], bytes]) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            change = changes.get(name.rpartition("/")[2].replace(".", "_"), lambda it: it)
            archive.writestr(name, change(content))


def _tensor_with(**changes: object) -> bytes:
    """Return a pickle whose only tensor describes itself wrongly."""
    fields = {"offset": 0, "shape": (2, 2), "strides": (2, 1), "count": 4} | changes

    class _Storage:
        pass

    class _Pickler(pickle._Pickler):
        def persistent_id(self, obj: object) -> object:
            if isinstance(obj, _Storage):
                return ("storage", torch.FloatStorage, "0", "cpu", fields["count"])
            return None

    stream = io.BytesIO()
    tensor = _Call(
        torch._utils._rebuild_tensor_v2,
        _Storage(), fields["offset"], fields["shape"], fields["strides"], False, OrderedDict(),
    )  # fmt: skip
    _Pickler(stream, 2).dump({"weight": tensor})
    return stream.getvalue()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        pytest.param({}, None, id="as-it-should-be"),
        pytest.param({"offset": 1}, "reaches number 4 of a part that holds 4", id="offset"),
        pytest.param({"strides": (3, 1)}, "reaches number 4", id="strides"),
        pytest.param({"shape": (2, 3)}, "reaches number 4", id="shape"),
        pytest.param({"shape": (2**62, 2)}, "would take", id="enormous"),
        pytest.param({"shape": (2**40,), "strides": (0,)}, "would take", id="repeated"),
        pytest.param({"strides": (1,)}, "2 axes and 1 strides", id="axes"),
        pytest.param({"shape": (1,) * 65, "strides": (1,) * 65}, "is none", id="many-axes"),
        pytest.param({"offset": -1}, "is none that can be read safely", id="before-the-start"),
        pytest.param({"strides": (-2, 1)}, "is none that can be read safely", id="backwards"),
        pytest.param({"count": 5}, "should hold 20 bytes and does not", id="claimed-storage"),
        pytest.param({"count": 2**60}, "should hold", id="claimed-enormous-storage"),
        pytest.param({"shape": (True, 2)}, "is none that can be read safely", id="no-number"),
    ],
)
def test_a_tensor_never_reaches_beyond_its_numbers(
    tmp_path: Path, changes: dict[str, object], sentence: str | None
) -> None:
    """Whatever offset, shape, strides and length a file claims."""
    path = tmp_path / "file.ckpt"
    torch.save({"weight": torch.arange(4.0).reshape(2, 2)}, path)
    _rewritten(path, data_pkl=lambda _: _tensor_with(**changes))

    if sentence is None:
        assert read_tensor_file(path).tensors["weight"].tolist() == [[0, 1], [2, 3]]
    else:
        with pytest.raises(CheckpointError, match=sentence):
            read_tensor_file(path)


def test_compressed_parts_are_refused(tmp_path: Path) -> None:
    """A few bytes could unpack to any size."""
    path = tmp_path / "file.ckpt"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data/0", bytes(10**6))

    with pytest.raises(CheckpointError, match="data/0 is compressed, which torch never does"):
        read_tensor_file(path)


def test_parts_that_overlap_are_refused(tmp_path: Path) -> None:
    """Many names for one place in the file would be read many times."""
    path = tmp_path / "file.ckpt"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps({}))
        archive.writestr("archive/data/0", bytes(10**4))
        for number in range(1, 9):
            other = zipfile.ZipInfo.__new__(zipfile.ZipInfo)
            for slot in zipfile.ZipInfo.__slots__:
                if hasattr(archive.filelist[1], slot):
                    setattr(other, slot, getattr(archive.filelist[1], slot))
            other.filename = f"archive/data/{number}"
            archive.filelist.append(other)

    with pytest.raises(CheckpointError, match="parts overlap"):
        read_tensor_file(path)


@pytest.mark.parametrize("is_zip", [True, False])
@pytest.mark.parametrize("kept", [0.0, 0.02, 0.5, 0.99])
def test_a_file_that_was_cut_off_is_refused(
    tensors, tmp_path: Path, kept: float, *, is_zip: bool
) -> None:
    """In one sentence, wherever it ends."""
    path = tmp_path / "file.ckpt"
    torch.save({"state_dict": tensors}, path, _use_new_zipfile_serialization=is_zip)
    content = path.read_bytes()
    path.write_bytes(content[: int(kept * len(content))])

    with pytest.raises(CheckpointError, match=r"file\.ckpt (is damaged|cannot be read)"):
        read_tensor_file(path)


@pytest.mark.parametrize("is_zip", [True, False])
def test_an_altered_file_is_refused_or_read(tmp_path: Path, *, is_zip: bool) -> None:
    """Any one wrong byte gives a sentence or tensors, nothing else."""
    path = tmp_path / "file.ckpt"
    torch.save({"w": torch.arange(3.0)}, path, _use_new_zipfile_serialization=is_zip)
    content = path.read_bytes()

    for position in range(0, len(content), 3):
        altered = bytearray(content)
        altered[position] ^= 0x55
        path.write_bytes(altered)
        try:
            read_tensor_file(path)
        except CheckpointError:
            continue


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"\x80\x02" + b"]" * 2**13, id="endless"),
        pytest.param(b"\x80\x04\x8e" + (2**40).to_bytes(8, "little"), id="claims-bytes"),
        pytest.param(b"\x80\x02Nr\xff\xff\xff\x7f.", id="claims-memo"),
        pytest.param(b"not a pickle at all", id="text"),
    ],
)
def test_what_claims_to_be_large_is_refused(
    tmp_path: Path, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before memory is taken for it."""
    monkeypatch.setattr(unpickler, "MOST_PICKLE_BYTES", 2**12)
    path = tmp_path / "file.ckpt"
    path.write_bytes(content)

    with pytest.raises(CheckpointError, match="cannot be read"):
        read_tensor_file(path)


# A tuple that holds itself twice, and so on: its hash and its text take 2**60 steps.
NESTED = pickle.EMPTY_TUPLE + (pickle.DUP + pickle.TUPLE2) * 60


def _size_of(arguments: bytes) -> bytes:
    return pickle.GLOBAL + b"torch\nSize\n" + arguments + pickle.TUPLE1 + pickle.REDUCE


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"}" + NESTED + b"Ns", id="key"),
        pytest.param(b"}(" + NESTED + b"Nu", id="keys"),
        pytest.param(b"(" + NESTED + b"Nd", id="dictionary"),
        pytest.param(b"\x8f(" + NESTED + b"\x90", id="set"),
        pytest.param(b"(" + NESTED + b"\x91", id="frozen-set"),
        pytest.param(NESTED + NESTED + b"\x93", id="global"),
        pytest.param(NESTED + b"Q", id="persistent-id"),
        pytest.param(NESTED + NESTED + b"R", id="call"),
        pytest.param(NESTED + NESTED + b"\x81", id="object"),
        pytest.param(b"N" + NESTED + b"b", id="state"),
        pytest.param(b"}(" + b"".join(b"I%d\nN" % (n * (2**61 - 1)) for n in range(10**5)) + b"u",
                     id="numbers-that-collide"),
        pytest.param(b"(X\x00\x00\x10\x00" + b"x" * 2**20 + b"q\x00" + _size_of(b"h\x00") * 10**4
                     + b"t", id="sizes-of-a-text"),
    ],
)  # fmt: skip
def test_no_pickle_takes_more_time_or_memory_than_its_length_allows(content: bytes) -> None:
    """It is refused, or read without looking at what would take years."""
    tracemalloc.start()
    with contextlib.suppress(CheckpointError):
        unpickled(io.BytesIO(b"\x80\x04" + content + b"."))
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak_bytes < 2**26


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    ("key", "words"),
    [(b"K\x01", "the name of one of its parts is no text"), (NESTED, "a pickle of more than")],
    ids=["a number", "a nested tuple"],
)
def test_a_part_of_the_older_format_that_is_named_by_no_text_is_refused(
    key: bytes, words: str, tmp_path: Path
) -> None:
    """Parts are looked up by their names."""
    head = [0x1950A86A20F9469CFC6C, 1001, {}, {"weight": 0}]
    path = tmp_path / "file.ckpt"
    path.write_bytes(b"".join(pickle.dumps(one, 2) for one in head) + b"\x80\x02]" + key + b"a.")

    with pytest.raises(CheckpointError, match=words):
        read_tensor_file(path)


def test_links_and_missing_files_are_refused(tensors, tmp_path: Path) -> None:
    """A folder from anybody must not lead elsewhere."""
    torch.save({"state_dict": tensors}, tmp_path / "file.ckpt")
    (tmp_path / "link.ckpt").symlink_to(tmp_path / "file.ckpt")

    for name in ("link.ckpt", "none.ckpt"):
        with pytest.raises(CheckpointError, match="there is no checkpoint"):
            read_tensor_file(tmp_path / name)
