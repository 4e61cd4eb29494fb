"""A Slurm cluster: job scripts, the state of jobs, and craters divided among jobs."""
