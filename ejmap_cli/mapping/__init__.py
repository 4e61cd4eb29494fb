"""Commands that map the craters of a project and vet its catalogue."""
