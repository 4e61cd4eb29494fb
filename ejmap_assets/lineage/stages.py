"""The stages of a project, from nothing to a scored map, and their jobs."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """An asset job.

    Attributes:
        name: Name in the UI.
        description: What it does, for the UI.
        trains: Whether it trains networks; an instance may limit the number of such runs.
        may_fail: Whether later stages run although it failed.
    """

    name: str
    description: str
    trains: bool = False
    may_fail: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A numbered step of ``ejmap run``; its assets name it in their rows.

    Attributes:
        title: What it does, for the console.
        job: Its job.
        given_title: What it does where its models come as files.
        repeats: The stage whose assets it makes for the candidate; None for stages of their own.
    """

    title: str
    job: Job
    given_title: str = ""
    repeats: "Stage | None" = None


PREPARE = Job(name="prepare", description="Read the mosaic, the crater table and the manual masks.")
VET = Job(
    name="vet_craters",
    description="Score how likely each entry of the catalogue is a crater.",
    trains=True,
    may_fail=True,
)
PROMOTE = Job(
    name="promote",
    description="Promote the trained ensembles if they pass the gate.",
)
MAP_CRATERS = Job(
    name="map_craters",
    description="Map the ejecta of craters: cut the mosaic around each, segment it, place the mask "
    "on the basemap, measure the profile.",
    may_fail=True,
)
REFRESH_MAP = Job(name="refresh_map", description="Merge the masks of all craters into one map.")
EVALUATE = Job(
    name="evaluate",
    description="Measure the brightness of the masks, and score them where ejecta are known.",
    may_fail=True,
)

SOURCES = Stage(title="mosaic, craters, known ejecta", job=PREPARE)
CRATER_TILES = Stage(title="tiles around craters and beside them", job=VET)
CLASSIFIER = Stage(title="train the crater classifier", job=VET)
CANDIDATES = Stage(title="score the crater catalogue", job=VET)
LABELS = Stage(
    title="planets to learn from, their tiles",
    job=Job(
        name="prepare_training", description="Gather labelled craters and lay out their tiles."
    ),
)
EJCONN_SAMPLES = Stage(
    title="samples of EJCONN",
    job=Job(name="cut_ejconn_samples", description="Cut the samples that EJCONN trains on."),
)
EJCONN = Stage(
    title="train EJCONN: which tiles hold ejecta",
    given_title="EJCONN that comes as files: which tiles hold ejecta",
    job=Job(name="train_ejconn", description="Train members of EJCONN.", trains=True),
)
EJSEG_SAMPLES = Stage(
    title="samples of EJSEG",
    job=Job(name="cut_ejseg_samples", description="Cut the samples that EJSEG trains on."),
)
EJSEG = Stage(
    title="train EJSEG: where the ejecta are",
    given_title="EJSEG that comes as files: where the ejecta are",
    job=Job(name="train_ejseg", description="Train members of EJSEG.", trains=True),
)
PROMOTED = Stage(title="promote the models", job=PROMOTE)
CRATERS = Stage(title="map the craters", job=MAP_CRATERS)
MAP = Stage(title="put the global map together", job=REFRESH_MAP)
SCORES = Stage(title="measure the masks, score them where ejecta are known", job=EVALUATE)

# Made when somebody asks for it, and never by bringing a project up to date.
RELEASE = Stage(
    title="release the map",
    job=Job(
        name="release_map",
        description="Freeze map, tables, models and provenance as a numbered folder.",
    ),
)

# Once the map is there.
CANDIDATE_SAMPLES = Stage(
    title="samples of the candidate", job=EJSEG_SAMPLES.job, repeats=EJSEG_SAMPLES
)
CANDIDATE = Stage(
    title="train the candidate",
    given_title="the candidate, which comes as files",
    job=EJSEG.job,
    repeats=EJSEG,
)
JUDGEMENT = Stage(title="judge the candidate by the gate", job=PROMOTE, repeats=PROMOTED)

# In the order in which a project is made.
STAGES = (
    SOURCES,
    CRATER_TILES,
    CLASSIFIER,
    CANDIDATES,
    LABELS,
    EJCONN_SAMPLES,
    EJCONN,
    EJSEG_SAMPLES,
    EJSEG,
    PROMOTED,
    CRATERS,
    MAP,
    SCORES,
)
OF_CANDIDATE = (CANDIDATE_SAMPLES, CANDIDATE, JUDGEMENT)
# From the files that a person edits to models that may be promoted.
RETRAINING = STAGES[: STAGES.index(PROMOTED) + 1]
# From current models to a current map and its scores.
REPAIRING = STAGES[STAGES.index(CRATERS) :]
