"""Facts about artefacts as the UI shows them."""
