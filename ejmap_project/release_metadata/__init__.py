"""What a release says of itself, for people, archives and other programs."""
