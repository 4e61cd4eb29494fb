"""Probabilities that come true: corrections fitted on planets that neither train nor score."""
