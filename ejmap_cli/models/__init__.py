"""Commands that train models and decide which of them maps the craters."""
