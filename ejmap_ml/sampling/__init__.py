"""Which samples train, test and come when, and how they are augmented."""
