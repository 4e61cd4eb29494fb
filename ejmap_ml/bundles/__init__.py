"""Trained models as folders, and their predictions."""
