"""A project mapped by the jobs of `ejmap slurm-script`, in a real Slurm of one node."""

import json
import os
import subprocess
from collections import Counter
from pathlib import Path

import dagster as dg
import pytest

from ejmap_assets.runs.instance import open_instance
from tests.cluster_jobs import CHECKOUT
from tests.faults.chain import Chain
from tests.faults.sameness import differences, digests_of
from tests.slurm_cluster import SlurmCluster

pytestmark = [pytest.mark.slurm, pytest.mark.timeout(2400)]
CRATERS = int(os.environ.get("EJMAP_SLURM_CRATERS", "3"))
JOBS = 4
# One core each, so that two jobs map at once; few craters are a chunk each.
SLURM = f"""
slurm:
  jobs: {JOBS}
  least_minutes: 0
  craters: {{cores: 1, memory_gb: 2}}
  training: {{cores: 1, memory_gb: 2}}
  planet: {{cores: 1, memory_gb: 2}}
"""


@pytest.fixture(scope="module")
def mapped(tmp_path_factory: pytest.TempPathFactory) -> Chain:
    """The same project, mapped by one `ejmap run`."""
    chain = Chain.new(tmp_path_factory.mktemp("here") / "project", craters=CRATERS)
    done = chain.run()
    assert done.code == 0, done.text
    return chain


def _submit(chain: Chain, cluster: SlurmCluster) -> list[str]:
    """Submit the script, wait for its last job, and return the states of all jobs."""
    script = chain.run("slurm-script")
    assert script.code == 0, script.text
    kept = {name: value for name, value in os.environ.items() if not name.startswith("EJMAP_")}
    kept.pop("DAGSTER_HOME", None)
    submitted = subprocess.run(
        ["/bin/bash"],
        input=script.text,
        env={**kept, **cluster.environment, "PYTHONPATH": str(CHECKOUT)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    ids = [line.rsplit(" ", 1)[1] for line in submitted.splitlines()]
    # Ends when the last one has.
    cluster.ask("srun", f"--dependency=afterany:{ids[-1]}", "--mem=100", "true")
    return [cluster.ask("squeue", "--states=all", "--noheader", f"--jobs={one}", "--format=%T")
            for one in ids]  # fmt: skip


def _logs(chain: Chain) -> str:
    logs = sorted((chain.folder / "data" / "slurm").glob("*.log"))
    return "\n".join(f"--- {log.name}\n{log.read_text()[-1500:]}" for log in logs)


def _made(folder: Path, asset: str) -> Counter[str | None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("DAGSTER_HOME", "EJMAP_PROJECT", "EJMAP_POSTGRES_URL"):
            patch.setenv(name, "")
        with open_instance(folder) as instance:
            records = instance.fetch_materializations(dg.AssetKey(asset), limit=100).records
            return Counter(record.partition_key for record in records)


def test_the_jobs_of_a_script_make_the_map_that_one_run_makes(
    mapped: Chain, cluster: SlurmCluster, tmp_path: Path
) -> None:
    """Every file; members and craters in several jobs, none in two, all in the history."""
    chain = Chain.new(tmp_path / "project", craters=CRATERS)
    with (chain.folder / "project.yaml").open("a") as settings:
        settings.write(SLURM)

    states = _submit(chain, cluster)

    assert {word for state in states for word in state.split()} == {"COMPLETED"}, _logs(chain)
    found, wanted = (digests_of(one.folder) for one in (chain, mapped))
    besides = {name for name in found if name.startswith("slurm/")}
    assert set(differences(found, wanted)) <= besides
    chunks = json.loads((chain.folder / "data" / "slurm" / "chunks.json").read_text())["chunks"]
    assert len(chunks) == min(CRATERS, JOBS)
    assert sum(map(len, chunks)) == CRATERS
    assert set(_made(chain.folder, "segmentation_mask").values()) == {1}
    assert len(_made(chain.folder, "basemap_mask")) == CRATERS
    assert set(_made(chain.folder, "ejseg_model").values()) == {1}
    assert not list((chain.folder / "data" / "slurm" / "runs").iterdir())
    again = chain.run()
    assert again.code == 0, again.text
    assert "up to date" in again.text
    assert sum(_made(chain.folder, "global_map").values()) == 1
