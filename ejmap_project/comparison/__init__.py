"""Trained members compared: hyperparameters, splits, learning curves, the map of each."""
