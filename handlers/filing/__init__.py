"""What a file is to a meeting, by its name, the words it came with, its type and the task it is for. Pure."""

from handlers.filing.exif import taken_on
from handlers.filing.programme import day_in
from handlers.filing.telling import Filing, filed
from handlers.filing.text import plain, stem
from handlers.filing.words import HOMES, KINDS, NO_TASK, PERSONAL, TASKS, WORDS

__all__ = [
    "HOMES",
    "KINDS",
    "NO_TASK",
    "PERSONAL",
    "TASKS",
    "WORDS",
    "Filing",
    "day_in",
    "filed",
    "plain",
    "stem",
    "taken_on",
]
