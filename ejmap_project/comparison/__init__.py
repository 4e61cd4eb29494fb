"""Trained members compared: hyperparameters, splits, learning curves, and the map that each makes."""
