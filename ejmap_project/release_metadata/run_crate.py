"""The release as a Process Run Crate: each run of Dagster with what it read and what it wrote.

RO-Crate 1.1 with the profile Process Run Crate 0.5 (https://w3id.org/ro/wfrun/process). The graph
is flat JSON-LD, written as it is: a crate of files and actions needs no library.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ejmap_project.paths import ProjectPaths
from ejmap_project.release_metadata.media_types import media_type_of
from ejmap_project.release_metadata.release_manifest import (
    ArtefactNote,
    CorrectionNote,
    FileNote,
    ReleaseManifest,
    RunNote,
)

CRATE = "ro-crate-metadata.json"
CONTEXT = [
    "https://w3id.org/ro/crate/1.1/context",
    "https://w3id.org/ro/terms/workflow-run/context",
]
RO_CRATE = "https://w3id.org/ro/crate/1.1"
PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
SOFTWARE, MOSAIC, TERMS = "#ejmap", "#mosaic", "#terms"

Entity = dict[str, Any]


def write_run_crate(path: Path, manifest: ReleaseManifest) -> None:
    """Write the metadata of a crate.

    Args:
        path: The file, in the root of the release.
        manifest: What the release holds, with all files but the manifest and this one.
    """
    graph = {"@context": CONTEXT, "@graph": list(_entities(manifest))}
    path.write_text(json.dumps(graph, indent=1) + "\n", encoding="utf-8")


def _entities(manifest: ReleaseManifest) -> Iterator[Entity]:
    """Yield what a crate describes: itself, its files, software, mosaic, runs and corrections."""
    people = {
        by: f"#person-{number}"
        for number, by in enumerate(dict.fromkeys(one.by for one in manifest.corrections), start=1)
    }
    actions = [*_actions(manifest), *_corrections(manifest, people)]
    packages = manifest.packages
    yield {
        "@id": CRATE,
        "@type": "CreativeWork",
        "conformsTo": {"@id": RO_CRATE},
        "about": {"@id": "./"},
    }
    mosaic = manifest.mosaic
    words = manifest.note or f"Map of impact ejecta on {manifest.body}, made by EJMAP."
    yield {
        "@id": "./",
        "@type": "Dataset",
        "name": f"Ejecta of impact craters on {manifest.body}: release {manifest.label}",
        "description": f"{words} {manifest.corrected_words}".strip(),
        "datePublished": manifest.made_utc,
        "identifier": manifest.label,
        "license": {"@id": TERMS},
        "conformsTo": {"@id": PROFILE},
        "hasPart": _links(one.path for one in manifest.files),
        "mentions": _links(one["@id"] for one in actions),
    }
    yield {
        "@id": PROFILE,
        "@type": "CreativeWork",
        "name": "Process Run Crate",
        "version": "0.5",
    }
    yield {
        "@id": TERMS,
        "@type": "CreativeWork",
        "name": "Terms",
        "description": f"Map: none stated. Mosaic: {mosaic.terms or 'none stated'}.",
    }
    yield {
        "@id": MOSAIC,
        "@type": "Dataset",
        "name": mosaic.words or "mosaic",
        "identifier": f"doi:{mosaic.doi}" if mosaic.doi else mosaic.data_version,
        "version": mosaic.data_version,
    }
    yield {
        "@id": SOFTWARE,
        "@type": "SoftwareApplication",
        "name": "EJMAP",
        "description": "Maps ejecta of fresh craters and traces them to their crater.",
        "softwareVersion": packages.get("ejmap", "not installed"),
        "softwareRequirements": ", ".join(f"{name} {one}" for name, one in packages.items()),
    }
    yield from ({"@id": one, "@type": "Person", "name": by} for by, one in people.items())
    yield from _files(manifest, people)
    yield from actions


def _files(manifest: ReleaseManifest, people: Mapping[str, str]) -> Iterator[Entity]:
    by_hand = {_mask_of(one): one for one in manifest.corrections}
    for one in manifest.files:
        corrected = by_hand.get(one.path)
        yield _file(one) if corrected is None else _file(one) | _whose(corrected, people)


def _file(note: FileNote) -> Entity:
    return {
        "@id": note.path,
        "@type": "File",
        "name": note.path.rpartition("/")[2],
        "contentSize": str(note.size),
        "encodingFormat": media_type_of(note.path),
        "sha256": note.sha256,
    }


def _mask_of(correction: CorrectionNote) -> str:
    return ProjectPaths(Path()).basemap_mask(correction.key).as_posix()


def _whose(correction: CorrectionNote, people: Mapping[str, str]) -> Entity:
    return {
        "description": f"Corrected by hand: {correction.words}.",
        "contributor": {"@id": people[correction.by]},
    }


def _corrections(manifest: ReleaseManifest, people: Mapping[str, str]) -> Iterator[Entity]:
    """Yield an action for each import of masks that people corrected by hand."""
    imports: dict[tuple[str, str], list[CorrectionNote]] = {}
    for one in manifest.corrections:
        imports.setdefault((one.imported_utc, one.by), []).append(one)
    for number, ((imported_utc, by), made) in enumerate(sorted(imports.items()), start=1):
        notes = dict.fromkeys(one.file for one in made if one.file)
        yield {
            "@id": f"#correction-{number}",
            "@type": "CreateAction",
            "name": f"Correction of {len(made)} mask(s) by hand, by {by}",
            "description": " ".join(f"{one.words}." for one in made),
            "agent": {"@id": people[by]},
            "instrument": {"@id": SOFTWARE},
            "object": {"@id": MOSAIC},
            "result": _links([*(_mask_of(one) for one in made), *notes]),
            "actionStatus": "http://schema.org/CompletedActionStatus",
            "endTime": imported_utc,
        }


def _actions(manifest: ReleaseManifest) -> Iterator[Entity]:
    """Yield an action for each run that wrote files of the release."""
    written: dict[str, list[ArtefactNote]] = {}
    for one in manifest.artefacts:
        if one.files and one.run_id:
            written.setdefault(one.run_id, []).append(one)
    notes = manifest.by_artefact
    for run_id, made in written.items():
        results = dict.fromkeys(path for one in made for path in one.files)
        read = [*(path for one in made for path in _read(one, notes)), MOSAIC]
        run = manifest.runs.get(run_id)
        yield {
            "@id": f"#run-{run_id}",
            "@type": "CreateAction",
            "name": f"Run {run_id} of Dagster{f', job {run.job}' if run else ''}",
            "description": f"Made {', '.join(dict.fromkeys(one.asset for one in made))}.",
            "instrument": {"@id": SOFTWARE},
            "object": _links(path for path in dict.fromkeys(read) if path not in results),
            "result": _links(results),
            "actionStatus": "http://schema.org/CompletedActionStatus",
            **_times(run, made),
        }


def _read(one: ArtefactNote, notes: Mapping[tuple[str, str | None], ArtefactNote]) -> Iterator[str]:
    """Yield the files of the release that an artefact was made from."""
    for name in one.inputs:
        note = notes.get((name, one.partition)) or notes.get((name, None))
        yield from () if note is None else note.files


def _times(run: RunNote | None, made: Sequence[ArtefactNote]) -> Entity:
    if run is not None and run.ended_utc:
        return {"startTime": run.started_utc, "endTime": run.ended_utc}
    return {"endTime": max(one.made_utc for one in made)}


def _links(ids: Iterable[str]) -> Entity | list[Entity]:
    """Return links; a single one stands alone, as compacted JSON-LD wants it."""
    links = [{"@id": one} for one in ids]
    return links[0] if len(links) == 1 else links
