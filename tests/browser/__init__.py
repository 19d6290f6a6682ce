"""Stories told by clicking, in a real browser."""
