"""EJMAP-Bench: models, rules and anybody's masks on the same unseen planets and real craters."""
