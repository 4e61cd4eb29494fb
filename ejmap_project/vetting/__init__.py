"""Which entries of the crater catalogue may be no craters."""
