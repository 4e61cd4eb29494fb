"""Whole manual maps of craters, and how well the mapped masks agree with them."""
