"""What docs/security.md promises, held to it: every route, every command, every way in."""
