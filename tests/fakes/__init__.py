"""Services as their documents describe them, on loopback."""
