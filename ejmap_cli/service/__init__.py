"""Commands that serve the UI and report on the machine and a project."""
