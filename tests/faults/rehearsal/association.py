"""An association told in plain Python: commands go in, and what they change is known before the bot is asked."""

from __future__ import annotations

from datetime import datetime

from tests.faults.rehearsal.books import Books, Change, No, Row, Said
from tests.faults.rehearsal.commands import VERBS


class Association(Books):
    """Carries out the commands of ``VERBS``, one after the other."""

    def carry_out(self, who: int, line: str, at: datetime) -> Said | None:
        """What it changed; None for nothing. Raises ``No``."""
        said = self._attempt(who, line, at)
        if said is not None:
            self.said.append(said)
            if said.undoes is not None:
                self.said[said.undoes - 1].undone = True
        return said

    def would(self, who: int, line: str, at: datetime) -> str:
        """``no``, ``nothing`` or ``something``."""
        try:
            said = self._attempt(who, line, at)
        except No:
            return "no"
        self._restore()
        return "nothing" if said is None else "something"

    def _attempt(self, who: int, line: str, at: datetime) -> Said | None:
        self.before, self.subject = {}, None
        verb = next(verb for verb in VERBS if line == verb or line.startswith(f"{verb} "))
        try:
            undoes = VERBS[verb](self, who, line.removeprefix(verb).strip(), at)
        except No:
            self._restore()
            raise
        pairs = ((key, _trimmed(before, self.rows.get(key))) for key, before in self.before.items())
        changes = {key: change for key, change in pairs if change is not None}
        return Said(who, line, at, self.subject, changes, undoes) if changes else None

    def _restore(self) -> None:
        for key, row in self.before.items():
            self.lay(key, row)


def _trimmed(before: Row | None, after: Row | None) -> Change | None:
    """What differs of a row."""
    if before is None or after is None:
        return None if before == after else (before, after)
    differ = [name for name in after if before.get(name) != after[name]]
    return ({name: before.get(name) for name in differ}, {name: after[name] for name in differ}) if differ else None
