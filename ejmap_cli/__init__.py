"""The command ``ejmap``: who asks, and in which words they are answered."""

import sys

from ejmap_cli.process_group import INTERRUPTED


def program() -> int:
    """Run the command as a program; an interrupt during its imports ends in one sentence too.

    Returns:
        The exit code; see :func:`ejmap_cli.main.main`.
    """
    try:
        from ejmap_cli.main import main

        return main()
    except KeyboardInterrupt:
        sys.stderr.write("ejmap: interrupted\n")
        return INTERRUPTED
