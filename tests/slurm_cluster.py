"""A Slurm of one node for tests: the machine's own programs, a temporary folder, free ports."""

import getpass
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers import end_group, free_port

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "scontrol")
START_SECONDS = 60
# Daemons of Debian lie where the path of an ordinary account does not lead.
SEARCHED = f"{os.environ.get('PATH', '')}:/usr/sbin"
NODE_CPUS = 4
NODE_MEMORY_MB = 8000
# Without accounting, as on many small clusters: what ended is known for MinJobAge seconds only.
SETTINGS = """
ClusterName=ejmap_test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller_port}
SlurmdPort={node_port}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SlurmdParameters=config_overrides
SchedulerParameters=sched_interval=1,sched_min_interval=0,batch_sched_delay=0
ReturnToService=2
SlurmdTimeout=10
KillWait=5
MinJobAge=3600
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory={memory_mb} State=UNKNOWN
PartitionName=normal Nodes={host} Default=YES MaxTime=INFINITE State=UP OverSubscribe=NO
"""


@dataclass(slots=True)
class SlurmCluster:
    """A Slurm that is up.

    Attributes:
        folder: Its settings, state and logs.
        servers: Its daemons by name.
    """

    folder: Path
    servers: dict[str, subprocess.Popen[bytes]] = field(
        default_factory=dict[str, "subprocess.Popen[bytes]"]
    )

    @property
    def environment(self) -> dict[str, str]:
        """Variables by which Slurm's commands find it."""
        return {"SLURM_CONF": str(self.folder / "slurm.conf")}

    @property
    def node(self) -> str:
        """Name of the node."""
        return socket.gethostname()

    def call(self, *command: str) -> "subprocess.CompletedProcess[str]":
        """Run one of Slurm's commands."""
        return subprocess.run(
            command,
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
            check=False,
        )

    def ask(self, *command: str) -> str:
        """Run one of Slurm's commands and return what it prints."""
        done = self.call(*command)
        assert done.returncode == 0, f"{command}: {done.stderr}"
        return done.stdout.strip()

    def start(self, name: str, *arguments: str) -> None:
        """Start a daemon in a process group of its own."""
        program = shutil.which(name, path=SEARCHED)
        assert program is not None
        with (self.folder / f"{name}.log").open("a") as log:
            self.servers[name] = subprocess.Popen(
                [program, *arguments],
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def start_node(self) -> None:
        """Start the daemon of the node and wait until the node takes jobs."""
        self.start("slurmd", "-D", "-f", str(self.folder / "slurm.conf"))
        self.wait_for(("idle", "mix", "alloc"))

    def kill_node(self) -> None:
        """Kill the daemon of the node without a word, as a crash does; its jobs live on."""
        os.kill(self.servers["slurmd"].pid, signal.SIGKILL)
        self.servers["slurmd"].wait()

    def set_node(self, **values: str) -> None:
        """Change the state of the node."""
        changes = [f"{name}={value}" for name, value in values.items()]
        self.ask("scontrol", "update", f"nodename={self.node}", *changes)

    def wait_for(self, states: Sequence[str], *, seconds: float = START_SECONDS) -> None:
        """Wait until the node is in one of some states."""
        deadline = time.monotonic() + seconds
        state = ""
        while time.monotonic() < deadline:
            state = self.ask("sinfo", "--noheader", "--format=%t")
            if state in states:
                return
            time.sleep(0.2)
        raise AssertionError(f"the node is {state!r}, not {states}:\n{self.logs()}")

    def logs(self) -> str:
        """Return the end of every log."""
        logs = sorted(self.folder.glob("*.log"))
        return "\n".join(f"--- {log.name}\n{log.read_text()[-3000:]}" for log in logs)


def missing_programs() -> list[str]:
    """Return the programs of Slurm that this machine lacks."""
    return [name for name in PROGRAMS if shutil.which(name, path=SEARCHED) is None]


@contextmanager
def running_slurm() -> Generator[SlurmCluster]:
    """Start a controller and a node on free ports of this machine and end them with the block."""
    # A socket's path is short, so pytest's folders are too deep.
    folder = Path(tempfile.mkdtemp(prefix="ejmap_slurm_"))
    # Munge refuses a socket that others cannot reach.
    folder.chmod(0o755)
    cluster = SlurmCluster(folder)
    try:
        _write_settings(folder)
        _start_munge(cluster)
        cluster.start("slurmctld", "-D", "-f", str(folder / "slurm.conf"))
        _wait_until(lambda: _answers(cluster), cluster)
        cluster.start_node()
        yield cluster
    finally:
        _stop(cluster)
        shutil.rmtree(folder, ignore_errors=True)


def _write_settings(folder: Path) -> None:
    for name in ("state", "spool"):
        (folder / name).mkdir()
    text = SETTINGS.format(
        host=socket.gethostname(),
        controller_port=free_port(),
        node_port=free_port(),
        user=getpass.getuser(),
        folder=folder,
        cpus=NODE_CPUS,
        memory_mb=NODE_MEMORY_MB,
    )
    (folder / "slurm.conf").write_text(text)


def _start_munge(cluster: SlurmCluster) -> None:
    folder = cluster.folder
    secrets = folder / "munge"
    secrets.mkdir(mode=0o700)
    key = secrets / "key"
    key.write_bytes(os.urandom(128))
    key.chmod(0o400)
    places = {
        "socket": folder / "munge.socket",
        "key-file": key,
        "log-file": secrets / "munged.log",
        "pid-file": secrets / "pid",
        "seed-file": secrets / "seed",
    }
    options = [f"--{name}={place}" for name, place in places.items()]
    cluster.start("munged", "--foreground", "--num-threads=2", *options)
    _wait_until((folder / "munge.socket").exists, cluster)


def _answers(cluster: SlurmCluster) -> bool:
    return " UP" in cluster.call("scontrol", "ping").stdout


def _wait_until(is_so: Callable[[], bool], cluster: SlurmCluster) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if is_so():
            return
        time.sleep(0.1)
    raise AssertionError(f"Slurm is not up:\n{cluster.logs()}")


def _stop(cluster: SlurmCluster) -> None:
    """End what jobs are left, then the daemons, the node's first."""
    if "slurmctld" in cluster.servers:
        cluster.call("scancel", f"--user={getpass.getuser()}", "--signal=KILL", "--full")
    for name in ("slurmd", "slurmctld", "munged"):
        if name in cluster.servers:
            end_group(cluster.servers[name])
