"""Configurations of models and trainings, and the presets."""
