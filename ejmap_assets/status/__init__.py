"""What a project has, what is missing or stale and why, and what the rest will cost."""
