"""The command line: help everywhere at once, wrong words, errors of one sentence, exit codes."""

import json
import shlex
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import click
import pytest

from ejmap_cli.command import Command
from ejmap_cli.main import SECTIONS, ejmap, main
from ejmap_geo.errors import CrsError
from ejmap_ml.errors import BundleError
from ejmap_project.open_project import DEFAULT_PROJECT
from ejmap_project.settings.project import create_project

CHECKOUT = Path(__file__).parents[3]
WORDS = (
    "demo",
    "quicklook",
    "new",
    "import",
    "export",
    "release",
    "run",
    "slurm-script",
    "map",
    "explain",
    "score-masks",
    "train",
    "models",
    "promote",
    "roll-back",
    "correct",
    "import-labels",
    "reference",
    "bench",
    "vet",
    "status",
    "verify",
    "ui",
    "env",
    "doctor",
    "backup",
    "restore",
    "storage",
    "prune",
)
# Of ejmap_project, only what names its files and its two models.
LIGHT = {"click", "ejmap_cli", "ejmap_project"}
IMPORTED = """
import json, sys
from ejmap_cli.main import main
before = set(sys.stdlib_module_names)
codes = [main(words) for words in json.loads(sys.argv[1])]
names = {name.split(".")[0] for name in sys.modules} - before - {"__main__"}
print(json.dumps({"codes": codes, "names": sorted(names)}), file=sys.stderr)
"""


def _example_lines(command: click.Command) -> list[str]:
    return [line for line in (command.epilog or "").splitlines() if line.startswith("ejmap ")]


def _completed(words: str) -> list[str]:
    """Return what a shell is told to complete the last word with."""
    run = subprocess.run(
        [sys.executable, "-m", "ejmap_cli.main"],
        cwd=CHECKOUT,
        env={
            "_EJMAP_COMPLETE": "bash_complete",
            "COMP_WORDS": words,
            "COMP_CWORD": str(words.count(" ")),
        },
        check=True,
        capture_output=True,
        text=True,
    )
    return run.stdout.split()


@pytest.mark.parametrize("words", [[], *([word] for word in WORDS)])
@pytest.mark.parametrize("ask", ["--help", "-h"])
def test_every_command_has_help_with_examples(
    words: list[str], ask: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A newcomer can ask anywhere, and sees a line to start from."""
    assert main([*words, ask]) == 0

    shown = capsys.readouterr().out
    assert "Usage: ejmap" in shown
    examples = shown.split("\nExamples:\n")[1]
    assert " ".join(["  ejmap", *words]) in examples


def test_the_help_lists_every_command() -> None:
    """Each stands in one section."""
    listed = [command.name for commands in SECTIONS.values() for command in commands]

    assert sorted(map(str, listed)) == sorted(WORDS)
    assert sorted(ejmap.commands) == sorted(WORDS)


@pytest.mark.parametrize(
    "line",
    sorted({line for one in (ejmap, *ejmap.commands.values()) for line in _example_lines(one)}),
)
def test_every_example_is_a_right_command_line(line: str) -> None:
    """Its command exists and its arguments and options are understood."""
    _, word, *arguments = shlex.split(line, comments=True)

    command = ejmap.commands[word]

    assert isinstance(command, Command)
    command.make_context(word, arguments)


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([["--help"]], id="help"),
        pytest.param([["--version"]], id="version"),
        pytest.param([[word, "--help"] for word in WORDS], id="help-of-commands"),
        pytest.param([["fly"], ["train", "--modle", "ejseg"]], id="wrong-usage"),
    ],
)
def test_a_question_of_usage_imports_click_and_nothing_else(lines: list[list[str]]) -> None:
    """The answer comes at once: no Dagster, no tables, no networks, no rich."""
    run = subprocess.run(
        [sys.executable, "-c", IMPORTED, json.dumps(lines)],
        cwd=CHECKOUT,
        check=True,
        capture_output=True,
        text=True,
    )

    told = json.loads(run.stderr.splitlines()[-1])
    assert set(told["codes"]) <= {0, 2}
    assert set(told["names"]) - _imported_by_bare_python() == LIGHT


def _imported_by_bare_python() -> set[str]:
    """Return what files of the environment import into every process."""
    script = "import sys; print(*{name.split('.')[0] for name in sys.modules})"
    run = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    return set(run.stdout.split())


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    """One line, which a report of a defect can quote."""
    assert main(["--version"]) == 0

    assert capsys.readouterr().out == f"ejmap {version('ejmap')}\n"


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ([], "Usage: ejmap"),
        (["fly"], "No such command 'fly'"),
        (["trian"], "Did you mean 'train'?"),
        (["roll_back"], "Did you mean 'roll-back'?"),
        (["train", "p", "--modle", "ejseg"], "Did you mean '--model'?"),
        (["train", "p", "--model", "ejsag"], "'ejsag' is not one of 'ejconn', 'ejseg'"),
        (["new", "p", "--mosaic", "m.tif"], "Missing option '--craters'"),
        (["run"], "Missing argument 'PROJECT'"),
        (
            ["new", "p", "--mosaic", "m.tif", "--craters", "c.csv", "--body", "Pluto"],
            "unknown body 'Pluto'; known bodies are Mercury, Moon",
        ),
        (["map", "m.tif", "c.csv", "p", "--body", "Pluto"], "unknown body 'Pluto'"),
        (["ui", "--port", "many"], "'many' is not a valid integer"),
    ],
)
def test_wrong_usage_ends_with_two_and_a_hint(
    words: list[str], hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """As other commands do, and on standard error."""
    assert main(words) == 2

    shown = capsys.readouterr()
    assert hint in shown.err
    assert shown.out == ""


@pytest.mark.parametrize(
    "words",
    [
        ["run"],
        ["ui"],
        ["env"],
        ["doctor"],
        ["doctor", "--json"],
        ["status"],
        ["status", "--json"],
        ["vet"],
        ["models", "list"],
        ["train", "--model", "ejseg"],
        ["promote", "--model", "ejseg"],
        ["roll-back", "--model", "ejconn"],
    ],
)
def test_a_folder_without_a_project_is_one_sentence(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No traceback, and what to do."""
    code = main([*words, str(tmp_path)])

    message = capsys.readouterr().err
    assert code == 1
    assert message.startswith(f"ejmap: {tmp_path} is no project: it has no project.yaml")
    assert message.count("\n") == 1


def _add_command(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setitem(ejmap.commands, "fail", click.Command("fail", callback=fail))


@pytest.mark.parametrize("error", [CrsError("of the Moon"), BundleError("altered")])
def test_an_error_of_a_lower_layer_is_one_sentence(
    error: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Errors that are raised on purpose say what was wrong; exit code 1."""
    _add_command(monkeypatch, error)

    assert main(["fail"]) == 1
    assert capsys.readouterr().err == f"ejmap: {error}\n"


def test_a_defect_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error that nobody foresaw is not made to look like one that somebody can mend."""
    _add_command(monkeypatch, ZeroDivisionError("division by zero"))

    with pytest.raises(ZeroDivisionError):
        main(["fail"])


def test_an_interrupted_command_says_how_to_go_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C ends with 130, as in a shell."""
    _add_command(monkeypatch, KeyboardInterrupt())

    assert main(["fail"]) == 130
    sentence = "ejmap: interrupted; the same command goes on where it stopped"
    assert capsys.readouterr().err == f"\n{sentence}\n"


def test_a_closed_pipe_ends_quietly() -> None:
    """``ejmap --help | head -1`` leaves no traceback."""
    with subprocess.Popen(
        [sys.executable, "-m", "ejmap_cli.main", "--help"],
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as run:
        assert run.stdout
        assert run.stderr
        run.stdout.close()
        assert run.wait(60) == 1
        assert run.stderr.read() == ""


def test_a_shell_completes_commands_options_and_folders() -> None:
    """Bash asks through the environment; a project is a folder, a mosaic is a file."""
    assert _completed("ejmap pro") == ["plain,promote"]
    assert _completed("ejmap import --ej") == ["plain,--ejconn-version", "plain,--ejseg-version"]
    assert _completed("ejmap train --model ejs") == ["plain,ejseg"]
    assert _completed("ejmap run proj") == ["dir,proj"]
    assert _completed("ejmap new p --mosaic mos") == ["file,mos"]


def _parameters(command: click.Command) -> list[click.Parameter]:
    inner = list(command.commands.values()) if isinstance(command, click.Group) else []
    return [*command.params, *(one for each in inner for one in _parameters(each))]


def test_defaults_are_said_in_one_style() -> None:
    """The help of an option ends with "; default: ...", and names the value where there is one."""
    for one in _parameters(ejmap):
        words = str(getattr(one, "help", None) or "")
        text, separator, default = words.partition("; default: ")
        assert "default" not in text, words
        assert not (separator and ";" in default), words
        assert not getattr(one, "show_default", None), words
        if isinstance(one.default, str | int) and not isinstance(one.default, bool) and one.default:
            assert default == str(one.default), words


def test_an_untrained_model_is_not_promoted_but_trained_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The sentence names the command that trains it; no step of Dagster."""
    folder = create_project(tmp_path / "p", profile="demo").folder

    assert main(["promote", str(folder), "--model", "ejseg"]) == 1

    message = capsys.readouterr().err
    assert "has 0 of its 3 member(s)" in message
    assert f"`ejmap train {folder} --model ejseg`" in message
    assert "materialise" not in message


def test_the_help_names_the_project_that_is_the_default(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The words of the help repeat a constant that they cannot import."""
    main(["doctor", "--help"])

    assert f"else {DEFAULT_PROJECT}\n" in capsys.readouterr().out
