"""Which asset is made from which others, and whether an artefact is up to date."""
