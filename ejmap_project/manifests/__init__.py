"""Files of artefacts as they were recorded, with size and digest, and whether they still are."""
