"""Check that no committed file names a package registry or a machine, or is too large.

Registries and folders differ between the machines that work on this project, and a clone must not
carry what only one of them has.
"""

import re
import subprocess
import sys
from pathlib import Path

MAX_BYTES = 1_000_000
# Ready-made models come with the package; tests hold their members and their sum to limits too.
MODELS, MAX_MODEL_BYTES = Path("ejmap_ml/ready"), 4_000_000
FORBIDDEN = {
    "the address of a package registry": re.compile(
        r"https?://[^\s\"']+(?:\.(?:whl|tgz|tar\.gz|deb)\b|/simple\b)"
        r"|https?://(?:[\w-]+\.)*(?:pypi|pythonhosted|npmjs)\.(?:org|com)"
        r"|(?:--|^)(?:extra-)?(?:index-url|find-links)[ =](?:https?|file)"
    ),
    "a path of one machine": re.compile(
        r"(?<![\w.>~$}/-])/(?:work|farm|root|home|Users|opt|tmp/[a-z]+)/[\w.]"
    ),
}
LOCK_FILES = {"uv.lock", "poetry.lock", "Pipfile.lock", "pdm.lock", "package-lock.json"}


def problems_of(path: Path) -> list[str]:
    """Return what is wrong with one committed file, a sentence each."""
    if path.is_symlink():
        target = path.readlink()
        told = f"{path}: a link to {target}, which other machines do not have; remove it"
        return [told] if target.is_absolute() else []
    if path.name in LOCK_FILES:
        return [f"{path}: a lock file records registry addresses; use `make pins` instead"]
    content = path.read_bytes()
    limit = MAX_MODEL_BYTES if path.is_relative_to(MODELS) else MAX_BYTES
    if len(content) > limit:
        return [f"{path}: {len(content)} bytes; keep files below {limit} and make large ones"]
    if b"\0" in content:
        return []
    return [
        f"{path}:{number}: {what}: {line.strip()[:100]}"
        for number, line in enumerate(content.decode().splitlines(), start=1)
        for what, pattern in FORBIDDEN.items()
        if pattern.search(line)
    ]


def main() -> int:
    """Print every problem; the exit status is 1 if there is one."""
    listed = subprocess.run(["git", "ls-files", "-z"], check=True, capture_output=True, text=True)
    paths = [Path(name) for name in listed.stdout.split("\0") if name]
    there = [path for path in paths if path.is_symlink() or path.is_file()]
    problems = [problem for path in there for problem in problems_of(path)]
    for problem in problems:
        print(problem)
    print(f"committed files: {len(paths)} checked, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
