"""What all tests share: property tests without a clock, and no accelerator where there is none."""

import pytest
from hypothesis import settings

# Kernels compile on their first call and machines are shared, so no example has a deadline.
# Examples are the same on every run: a failure is one of the change and not of the day.
settings.register_profile("ejmap", deadline=None, derandomize=True)
settings.load_profile("ejmap")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip tests marked ``gpu`` on machines without one; torch is asked only then."""
    if item.get_closest_marker("gpu") is None:
        return
    import torch  # noqa: PLC0415 - seconds, which tests without an accelerator need not pay

    if not torch.cuda.is_available():
        pytest.skip("needs an accelerator, and torch sees none")
