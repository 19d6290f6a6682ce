"""Help."""
from handlers.router import Router
router = Router("help")
