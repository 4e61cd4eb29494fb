"""What a card does in bfloat16, against its rate, as `benchmarks/gpu.py` states it."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest
import torch

pytestmark = pytest.mark.gpu

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
# Of the rate of a product of matrices; a network that leaves the tensor cores reaches less.
LEAST_SHARE = 0.05


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    """Load the script, which finds its neighbours by name."""
    sys.path.insert(0, str(BENCHMARKS))
    spec = importlib.util.spec_from_file_location("gpu", BENCHMARKS / "gpu.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_training_and_prediction_use_the_card(bench: ModuleType) -> None:
    """Both networks, both ways: a stated share of the rate in bfloat16, never more than all."""
    device = torch.device("cuda")
    rate_gflops = bench.gflops(device, "bfloat16", runs=5)

    found = list(bench.throughputs(device, batch_size=64, runs=5, rate_gflops=rate_gflops))

    assert len(found) == 4
    for one in found:
        print(one)  # noqa: T201 - the numbers are what this is run for
        assert LEAST_SHARE < one.share < 1
        assert one.peak_gb > 0
