"""Settings in YAML: what YAML allows and nobody means is refused with its line."""

import pytest
import yaml

from ejmap_ml.config.yaml_text import load_yaml


def test_a_key_that_stands_twice_is_refused() -> None:
    """YAML takes the last without a word."""
    with pytest.raises(yaml.YAMLError, match=r"'seed' stands there twice(.|\n)*line 3"):
        load_yaml("models:\n  seed: 1\n  seed: 2\n")


def test_aliases_are_refused_before_they_grow() -> None:
    """Nine levels of nine aliases stand for 400 million values."""
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{k}: &a{k} [{', '.join([f'*a{k - 1}'] * 9)}]" for k in range(1, 9)]

    with pytest.raises(yaml.YAMLError, match=r"aliases \(\*a0\) are not read"):
        load_yaml("\n".join(levels))


@pytest.mark.parametrize("text", ["[" * 10_000, "{a: " * 1000, "- " * 5000 + "x"])
def test_deep_nesting_is_refused(text: str) -> None:
    """Neither a recursion nor a second of time is spent on it."""
    with pytest.raises(yaml.YAMLError, match="levels"):
        load_yaml(text)


@pytest.mark.parametrize("text", ["a: " + "9" * 5000, "9" * 60_000, "a: 2026-13-45"])
def test_what_looks_like_a_value_and_is_none_is_refused(text: str) -> None:
    """Python converts no thousands of digits, and no month 13."""
    with pytest.raises(yaml.YAMLError, match="is no value"):
        load_yaml(text)


def test_megabytes_are_refused() -> None:
    """Settings have a few lines."""
    with pytest.raises(yaml.YAMLError, match="1048577 characters"):
        load_yaml("#" * (2**20 + 1))


def test_nothing_runs_and_plain_settings_are_read() -> None:
    """Tags of Python are no tags here."""
    with pytest.raises(yaml.YAMLError):
        load_yaml("!!python/object/apply:os.system ['true']")
    assert load_yaml("a: {b: [1, 2.5, true, null]}\nc: text") == {
        "a": {"b": [1, 2.5, True, None]},
        "c": "text",
    }
