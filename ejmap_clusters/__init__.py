"""Runs on other machines: jobs of Slurm, of Ray, and pods of Kubernetes.

A launcher here turns a run of ``ejmap_assets`` into a job, with the resources that ``project.yaml``
states for its kind. ``dagster.yaml`` names the launcher; nothing imports this package.
"""
