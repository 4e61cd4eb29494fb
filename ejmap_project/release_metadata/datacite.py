"""The release as DataCite metadata (schema 4.5), for an archive that gives it a DOI."""

import json
from pathlib import Path

from ejmap_project.release_metadata.release_manifest import ReleaseManifest
from ejmap_project.settings.sources import PUBLISHED_DOI

# DataCite's words for values that nobody states: a project names neither authors nor a publisher.
UNSTATED = "(:unav)"
SCHEMA = "http://datacite.org/schema/kernel-4"
FORMATS = ("image/tiff", "application/geopackage+sqlite3", "application/vnd.apache.parquet")


def write_datacite(manifest: ReleaseManifest, path: Path) -> None:
    """Write the metadata of a release."""
    path.write_text(json.dumps(datacite_of(manifest), indent=1) + "\n", encoding="utf-8")


def datacite_of(manifest: ReleaseManifest) -> dict[str, object]:
    """Return the metadata of a release; whoever publishes it fills in who made it."""
    day = manifest.made_utc[:10]
    mosaic = manifest.mosaic
    dois = {PUBLISHED_DOI: "References"}
    if mosaic.doi:
        dois[mosaic.doi] = "IsDerivedFrom"
    models = ", ".join(f"{kind} {one.version}" for kind, one in manifest.models.items())
    made = f"Mapped by EJMAP {manifest.packages.get('ejmap', '')} with {models or 'given masks'}."
    sources = f"Mosaic: {mosaic.words}. {mosaic.terms}".strip()
    words = " ".join(one for one in (manifest.note, made, manifest.corrected_words, sources) if one)
    people = dict.fromkeys(one.by for one in manifest.corrections)
    return {
        "schemaVersion": SCHEMA,
        "alternateIdentifiers": [
            {
                "alternateIdentifier": f"{manifest.project}/{manifest.label}",
                "alternateIdentifierType": "EJMAP release",
            }
        ],
        "creators": [{"name": UNSTATED}],
        # Those who corrected masks by hand; DataCite has no nearer word for it.
        "contributors": [{"name": one, "contributorType": "DataCurator"} for one in people],
        "titles": [{"title": f"Ejecta of impact craters on {manifest.body}: {manifest.label}"}],
        "publisher": {"name": UNSTATED},
        "publicationYear": day[:4],
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": "Map of impact ejecta"},
        "version": str(manifest.number),
        "dates": [{"date": day, "dateType": "Created"}],
        "language": "en",
        "subjects": [
            {"subject": one} for one in ("impact craters", "impact ejecta", manifest.body)
        ],
        "sizes": [f"{len(manifest.files)} files", f"{manifest.size} bytes"],
        "formats": list(FORMATS),
        "descriptions": [{"description": words, "descriptionType": "Abstract"}],
        "relatedIdentifiers": [_related(doi, relation) for doi, relation in dois.items()],
    }


def _related(doi: str, relation: str) -> dict[str, str]:
    return {
        "relatedIdentifier": doi,
        "relatedIdentifierType": "DOI",
        "relationType": relation,
    }
