"""Alerts: messages by e-mail or webhook that a run failed."""
