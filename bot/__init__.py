"""The running process: it knows platforms and nothing about meetings."""
