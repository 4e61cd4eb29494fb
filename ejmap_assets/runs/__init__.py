"""How runs start, wait for their turn and end."""
