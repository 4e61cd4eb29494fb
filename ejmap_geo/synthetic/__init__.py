"""The demo planet: a procedural Mercury whose ejecta are known exactly, crater by crater."""
