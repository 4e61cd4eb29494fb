"""Training a member: losses, metrics, checkpoints, scores."""
