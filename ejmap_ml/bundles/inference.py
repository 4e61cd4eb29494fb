"""Networks made ready to predict: the same answers for fewer operations."""

import copy
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, Literal

import torch
from timm.layers.norm_act import BatchNormAct2d
from torch import Tensor, fx, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from ejmap_ml.bundles.network import NormalizedNetwork
from ejmap_ml.ejseg.model import EjsegNetwork
from ejmap_ml.ejseg.upsampling import UpsamplingDecoder, has_upsampling

InferencePrecision = Literal["float32", "bfloat16"]

# What a processor computes at once: more leaves its cache, fewer pixels cost more in calls.
PIXELS_A_PIECE, MOST_IMAGES_A_PIECE = 4 * 256 * 256, 32
# Each holds the features of a piece, some 100 MB of them.
_MOST_STREAMS = 8
_STARTING_S = 60
_starting = threading.Lock()
# Threads that map craters side by side would each hold the features of a batch in its memory.
_on_gpu = threading.Lock()


class InferenceNetwork(nn.Module):
    """A trained network, ready to predict.

    Batch norms are folded into the convolutions before them where the network shows which those
    are, the decoder of Unet++ is rewritten, and pixels are kept channels last, which is how
    convolutions on CPUs and GPUs want them. Convolutions are computed in ``precision``.
    """

    def __init__(
        self,
        network: NormalizedNetwork,
        *,
        device: torch.device,
        precision: InferencePrecision,
    ) -> None:
        """Take over the weights of a network, which is not changed."""
        super().__init__()
        self._device = device
        self._precision: InferencePrecision = precision
        ready = copy.deepcopy(network).eval()
        if isinstance(ready.model, EjsegNetwork) and has_upsampling(ready.model.decoder):
            ready.model.decoder = UpsamplingDecoder(ready.model.decoder)
        fold_batch_norms(ready.model)
        ready.to(device).to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue] - torch declares only a part of what Module.to takes
        ready.memory_format = torch.channels_last
        if precision == "bfloat16":
            # Otherwise autocast would convert the weights again for every batch.
            for part in ready.modules():
                if isinstance(part, (nn.Conv2d, nn.ConvTranspose2d)):
                    part.to(torch.bfloat16)
        self.network = ready.requires_grad_(requires_grad=False)

    def forward(self, image: Tensor, *others: Tensor) -> Tensor:
        """Return logits in float32; they cannot be trained by.

        Args:
            image: ``(B, C, H, W)`` on any device.
            others: What the network takes beside it.
        """
        if self._device.type != "cpu":
            with _on_gpu:
                return self._logits(image, *others)
        # The size of a piece does not depend on the processor: nor do answers, to the last bit.
        size = pieces_of(image.shape[-2], image.shape[-1])
        pieces = list(zip(*(one.split(size) for one in (image, *others)), strict=True))
        threads = torch.get_num_threads()
        if len(pieces) == 1 or threads == 1:
            return torch.cat([self._logits(*piece) for piece in pieces])
        # A piece a thread: threads that share one wait for each other at every layer.
        streams = _streams(min(threads, len(pieces), _MOST_STREAMS), threads)
        return torch.cat(list(streams.map(lambda piece: self._logits(*piece), pieces)))

    def _logits(self, image: Tensor, *others: Tensor) -> Tensor:
        seen = image.to(self._device)
        known = [tensor.to(self._device) for tensor in others]
        is_short = self._precision == "bfloat16"
        # Both modes belong to the thread.
        with (
            torch.inference_mode(),
            torch.autocast(self._device.type, torch.bfloat16, enabled=is_short),
        ):
            return self.network(seen, *known).float()


def pieces_of(height_px: int, width_px: int) -> int:
    """Return how many images of a size a processor computes at once."""
    return min(max(1, PIXELS_A_PIECE // (height_px * width_px)), MOST_IMAGES_A_PIECE)


def _streams(count: int, thread_count: int) -> ThreadPoolExecutor:
    """Return a pool of ``count`` threads that share ``thread_count`` threads of torch."""
    with _starting:
        return _started(count, thread_count)


@cache
def _started(count: int, thread_count: int) -> ThreadPoolExecutor:
    shares = [len(range(k, thread_count, count)) for k in range(count)]
    # Each waits until all are there: none may start later, when the number has been set back.
    all_there = threading.Barrier(count + 1, timeout=_STARTING_S)

    def begin() -> None:
        torch.set_num_threads(shares.pop())
        all_there.wait()

    pool = ThreadPoolExecutor(count, thread_name_prefix="inference", initializer=begin)
    try:
        for _ in range(count):
            pool.submit(int)
        all_there.wait()
    finally:
        # What a thread sets for itself is also what those to come begin with.
        torch.set_num_threads(thread_count)
    return pool


# The threads of a pool stay behind in the process that forked.
os.register_at_fork(after_in_child=_started.cache_clear)


def inference_device() -> torch.device:
    """Return where networks predict: on a GPU when there is one."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def fastest_precision(device: torch.device) -> InferencePrecision:
    """Return bfloat16 where the processor multiplies it twice as fast as float32, else float32.

    Processors without instructions for bfloat16 compute it, but slower than float32.
    """
    if device.type == "cuda":
        has_bfloat16 = torch.cuda.is_bf16_supported(including_emulation=False)
    else:
        abilities = torch.cpu.get_capabilities() if device.type == "cpu" else {}
        has_bfloat16 = any(abilities.get(name) for name in ("avx512_bf16", "amx_bf16"))
    return "bfloat16" if has_bfloat16 else "float32"


def fold_batch_norms(network: nn.Module) -> int:
    """Fold batch norms into the convolutions whose only reader they are, in place.

    Args:
        network: A network in evaluation mode; one whose way cannot be traced is left as it is.

    Returns:
        Number of batch norms folded.
    """
    try:
        graph = _Layers().trace(network)
    except Exception:  # noqa: BLE001 - networks' own code runs on stand-ins and may fail in any way
        return 0
    parts: dict[str, nn.Module] = dict(network.named_modules())
    calls = [node for node in graph.nodes if node.op == "call_module"]
    targets = [str(node.target) for node in calls]
    folded = 0
    for node in calls:
        norm: Any = parts[str(node.target)]
        before = node.args[0] if node.args else None
        if not (
            type(norm) in (nn.BatchNorm2d, BatchNormAct2d)
            and isinstance(before, fx.Node)
            and before.op == "call_module"
            and type(parts[str(before.target)]) is nn.Conv2d
            and len(before.users) == 1
            and targets.count(str(node.target)) == targets.count(str(before.target)) == 1
        ):
            continue
        convolution: Any = parts[str(before.target)]
        _replace(network, str(before.target), fuse_conv_bn_eval(convolution, norm))
        _replace(network, str(node.target), _after(norm))
        folded += 1
    return folded


def _after(norm: nn.Module) -> nn.Module:
    """Return what a norm does besides normalising: those of timm activate."""
    return norm.get_submodule("act") if isinstance(norm, BatchNormAct2d) else nn.Identity()


class _Layers(fx.Tracer):
    """Traces down to convolutions and batch norms, those of timm included.

    The rewritten decoder has no batch norm left, and its way depends on the number of images.
    """

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        """Return whether a module is one step of the graph."""
        is_layer = isinstance(m, (nn.Conv2d, nn.BatchNorm2d, UpsamplingDecoder))
        return is_layer or super().is_leaf_module(m, module_qualified_name)


def _replace(network: nn.Module, name: str, part: nn.Module) -> None:
    parent, _, attribute = name.rpartition(".")
    setattr(network.get_submodule(parent), attribute, part)
