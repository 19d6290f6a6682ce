"""What lists say of people and units, made comparable; what was typed is kept beside it. Pure."""
