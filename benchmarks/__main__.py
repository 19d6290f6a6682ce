"""Measures, and prints a table: each figure, what it is, and the goal beside it."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.table import Table

from benchmarks import archive, done, drain, letters, lists, process, slack, sweep, upload, wecom

Row = tuple[str, str, str]


def of_done() -> Iterator[Row]:
    found = done.measure()
    yield "done T…, 60 tasks, p50 / p99", f"{found.whole.p50:.1f} / {found.whole.p99:.1f} ms", ""
    bare = f"{found.bare.p50:.1f} / {found.bare.p99:.1f} ms"
    yield f"the same {found.statements} statements by sqlite3 alone", bare, ""
    yield "ratio of the medians", f"{found.ratio:.2f}", "at most 3"


def of_sweep() -> Iterator[Row]:
    rows = list(sweep.measure())
    for row in rows:
        yield f"tick, 100 of {row.tasks:,} tasks due / none due", f"{row.due:.1f} / {row.nothing:.1f} ms", ""
    times = [row.due for row in rows]
    yield "slowest to fastest", f"{max(times) / min(times):.2f}", "at most 1.5"


def of_process() -> Iterator[Row]:
    found = process.measure()
    yield "memory of the running bot, on the demo’s data", f"{found.memory:.0f} MB", "at most 150 MB"
    yield "the same while it has just made these up", f"{found.first:.0f} MB", ""
    yield "huihou --help", f"{found.help:.0f} ms", "at most 400 ms"


def of_slack() -> Iterator[Row]:
    found = slack.measure()
    names = {
        "bot": "Slack, done and reopen T…",
        "bolt": "Bolt that only acks",
        "quick": "the same told to answer at once",
        "stored": "the same with our SQL, by sqlite3 alone",
    }
    for connections, goal in ((slack.FEW, ""), (slack.MANY, "p99 under 250 ms")):
        for who, name in names.items():
            row = found.served[who, connections]
            shown = f"{row.p50:.1f} / {row.p99:.1f} ms, {row.rate:,.0f} a second"
            yield f"{name}, {connections} at once, p50 / p99", shown, goal if who == "bot" else ""
    yield "ratio of the medians, 1 at once", f"{found.slower('bolt'):.2f} / {found.slower('quick'):.2f}", "at most 3"
    yield (
        "share of the throughput, 32 at once",
        f"{found.share('bolt'):.2f} / {found.share('quick'):.2f}",
        "at least 0.4",
    )
    yield "the same of Bolt with our SQL alone", f"{found.share('bolt', 'stored'):.2f}", ""
    yield f"memory growth over {found.grown:,} requests", f"{found.growth:.1f} MB", "under 5 MB"
    load = found.served["nothing", slack.MANY]
    yield "the load itself, against an ASGI app that does nothing", f"{load.rate:,.0f} a second", ""


def of_wecom() -> Iterator[Row]:
    found = wecom.measure()
    names = {"bot": "WeCom, a callback to the empty 200", "bare": "an endpoint that only decrypts it"}
    for connections, goal in ((wecom.FEW, ""), (wecom.MANY, "p99 under 100 ms")):
        for who, name in names.items():
            row = found.served[who, connections]
            shown = f"{row.p50:.1f} / {row.p99:.1f} ms, {row.rate:,.0f} a second"
            yield f"{name}, {connections} at once, p50 / p99", shown, goal if who == "bot" else ""
    answers = found.answers
    yield "a callback to the answer at WeCom, p50 / p99", f"{answers.p50:.1f} / {answers.p99:.1f} ms", ""


def of_upload() -> Iterator[Row]:
    found = upload.measure()
    size = upload.SIZE // upload.MEGABYTE
    yield f"{size} MB through the page for files", f"{found.page:.0f} MB a second", ""
    yield "the same as a plain form", f"{found.form:.0f} MB a second", ""
    yield "cp and sha256sum of the same bytes", f"{found.bare:.0f} MB a second", ""
    shares = f"{found.page / found.bare:.2f} / {found.form / found.bare:.2f}"
    yield "share of that throughput, page / form", shares, "at least 0.5"
    yield f"memory growth for {upload.LARGEST // upload.MEGABYTE:,} MB", f"{found.growth:.0f} MB", "under 64 MB"


def of_archive() -> Iterator[Row]:
    found = archive.measure()
    size = archive.FILES * archive.SIZE // 1_000_000
    yield f"archive build, {archive.FILES:,} files of {size:,} MB together", f"{found.built:.1f} s", ""
    yield "sha256sum of the same files", f"{found.bare:.1f} s", ""
    yield "ratio", f"{found.ratio:.2f}", "at most 2.5"


def of_letters() -> Iterator[Row]:
    found = letters.measure()
    yield f"{letters.LETTERS} letters to sponsors as PDF", f"{found.printed:.0f} a second", ""
    yield "typst's bare compilation of the same letters", f"{found.bare:.0f} a second", ""
    yield "share of that throughput", f"{found.share:.2f}", "at least 0.6"
    yield f"memory growth from the {letters.WARM}th letter to the last", f"{found.growth:.0f} MB", "under 20 MB"


def of_lists() -> Iterator[Row]:
    found = lists.measure()
    yield f"people import, {lists.ROWS:,} rows of xlsx, confirmed to committed", f"{found.brought:.2f} s of CPU", ""
    yield "python-calamine reading the same bytes", f"{found.bare:.2f} s of CPU", ""
    yield "ratio", f"{found.ratio:.1f}", "at most 10"


def of_drain() -> Iterator[Row]:
    for database, found in drain.measure():
        rates = " / ".join(f"{found.rates[workers]:,.0f}" for workers in drain.WORKERS)
        yield f"{database}: messages kept a second by 1 / 2 / 4 workers", rates, ""
        yield "the same SQL of one worker by the driver alone", f"{found.bare:,.0f} a second", ""
        yield "share of that rate", f"{found.share:.2f}", "at least 0.5"
        gain = found.rates[2] / found.rates[1]
        yield "2 workers to 1", f"{gain:.2f}", "" if database == "SQLite" else "at least 1.7"
        p50, p99 = found.pickup
        yield "from a promise to the platform, p50 / p99", f"{p50:.1f} / {p99:.1f} ms", "p99 under 100 ms"


PARTS: dict[str, Callable[[], Iterator[Row]]] = {
    "done": of_done,
    "sweep": of_sweep,
    "drain": of_drain,
    "process": of_process,
    "slack": of_slack,
    "wecom": of_wecom,
    "upload": of_upload,
    "archive": of_archive,
    "letters": of_letters,
    "lists": of_lists,
}


def main() -> None:
    reader = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    reader.add_argument("parts", nargs="*", choices=[*PARTS, []], help="what to measure; nothing: all of it")
    wanted = reader.parse_args().parts or list(PARTS)
    table = Table("What", "Measured", "Goal")
    console = Console()
    for part in wanted:
        with console.status(f"measuring: {part}"):
            for row in PARTS[part]():
                table.add_row(*row)
    console.print(table)


if __name__ == "__main__":
    main()
