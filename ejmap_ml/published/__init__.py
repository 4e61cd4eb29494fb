"""The published study: its hyperparameter tables and its checkpoints, brought into our forms."""
