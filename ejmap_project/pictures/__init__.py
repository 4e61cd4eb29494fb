"""Pictures of artefacts: how they are drawn, and where they lie."""
