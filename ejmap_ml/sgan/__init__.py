"""SGAN: is there a crater? A classifier that learns from few labels and many tiles without any."""
