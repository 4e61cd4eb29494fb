"""Commands that make a project and write one out: ``new``, ``import``, ``export``."""
