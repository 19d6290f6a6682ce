"""The words of letters: the built-in ones, and those that an association writes itself, which run in a sandbox."""

from messages.letters.checking import NEEDED, faults, named
from messages.letters.composing import Unfilled, compose
from messages.letters.fields import FIELDS, FLAGS, Field, label, sampled
from messages.letters.sandbox import Fault, Faulty, Why
from messages.letters.texts import PARTS, VERSION, built_in

__all__ = [
    "FIELDS",
    "FLAGS",
    "NEEDED",
    "PARTS",
    "VERSION",
    "Fault",
    "Faulty",
    "Field",
    "Unfilled",
    "Why",
    "built_in",
    "compose",
    "faults",
    "label",
    "named",
    "sampled",
]
