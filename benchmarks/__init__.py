"""What the table of figures in the README is made with: `make bench`."""
