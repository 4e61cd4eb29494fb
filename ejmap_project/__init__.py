"""A project: one planet, its sources, labels, models, maps and scores. No Dagster."""
