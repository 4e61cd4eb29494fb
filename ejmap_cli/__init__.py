"""The command ``ejmap``: who asks, and in which words they are answered."""
