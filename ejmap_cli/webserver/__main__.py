"""``python -m ejmap_cli.webserver``: the pages of the project that the environment names."""

from pathlib import Path

import click

from ejmap_cli.webserver.serve import LOOPBACK, serve_pages


@click.command()
@click.option("--host", "-h", default=LOOPBACK, show_default=True, help="address to listen to")
@click.option("--port", "-p", type=click.IntRange(1, 65535), default=3000, show_default=True)
@click.option(
    "--allow-host",
    "names",
    multiple=True,
    metavar="NAME",
    help="a name by which browsers reach the pages, such as that of a proxy; may be repeated",
)
@click.option(
    "--workspace", "-w", type=click.Path(path_type=Path), help="file that names a code server"
)
@click.option("--read-only", is_flag=True, help="refuse whatever starts or changes something")
def main(
    host: str, port: int, names: tuple[str, ...], workspace: Path | None, *, read_only: bool
) -> None:
    """Serve the pages of the project in EJMAP_PROJECT with the history in DAGSTER_HOME."""
    lower = [name.lower() for name in names]
    serve_pages(host=host, port=port, names=lower, workspace=workspace, read_only=read_only)


if __name__ == "__main__":
    main()
