"""The settings in ``project.yaml``, and the profiles that come with the package."""
