"""Buckets of an object store: files under the names of their digests, put and fetched."""
