"""Inputs as other people bring them, and what became of each."""
