"""A made-up association whose conference ended a few days ago: what the demo begins with."""
