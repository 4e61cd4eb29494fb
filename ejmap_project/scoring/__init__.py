"""How good maps and models are, as tables and plots."""
