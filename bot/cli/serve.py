"""The running bot: for real, or as a demo with a made-up conference in a folder of its own."""

from __future__ import annotations

import gc
import signal
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli import opening
from bot.cli.words import Trouble, Worded, lang, language, show, words

if TYPE_CHECKING:
    from bot.app import App
    from bot.faults import Faults
    from bot.logs import Cleaner
    from bot.sections import MetricsSettings, WebSettings
    from bot.settings import Settings

DEMO_PORT = 8080
DEMO_DATA = Path("demo-data")


@click.command(cls=Worded)
@lang
def run() -> None:
    from bot import logs
    from bot.platforms.web.site import is_on

    wanted = opening.settings()
    with opening.opened(wanted, upgrade=True) as app:
        secrets = logs.secrets_of(wanted, app.database)
        logs.configure(secrets=secrets, told=_told(wanted, logs.Cleaner(secrets)))
        if app.wecom is not None and app.wecom.silent:
            show("wecom_no_client", names=app.wecom.silent)
        serve(app, lambda address: show("running", address=address, on=is_on(wanted)))


@click.command(cls=Worded)
@click.option("--port", metavar="N", type=click.IntRange(0, 65535))
@click.option(
    "--data", metavar="FOLDER", type=click.Path(file_okay=False, path_type=Path), default=DEMO_DATA, show_default=True
)
@click.option("--fresh", is_flag=True)
@click.option("--no-browser", is_flag=True)
@lang
def demo(port: int | None, data: Path, *, fresh: bool, no_browser: bool) -> None:
    from bot import logs
    from bot.sample import folder

    wanted = opening.settings(
        data=data,
        database_url="",
        demo=True,
        locale=language(),
        synchronous="NORMAL",
        web={"host": "127.0.0.1", "port": _free(DEMO_PORT) if port is None else port},
    )
    _sample(wanted, fresh=fresh)
    with opening.opened(wanted, upgrade=True) as app:
        logs.configure(secrets=logs.secrets_of(wanted, app.database), level=logs.WARNING)
        folder.wind(app)
        serve(app, lambda address: _shown(address, data, no_browser=no_browser))


def _told(wanted: Settings, clean: Cleaner) -> list[Faults]:
    """Who is told of our own faults, if anybody is."""
    if not wanted.telemetry.sentry_dsn.get_secret_value():
        return []
    try:
        from bot.faults import Faults
    except ModuleNotFoundError:
        raise Trouble("lacking", variable="HUIHOU_TELEMETRY__SENTRY_DSN", extra="sentry") from None
    return [Faults(wanted.telemetry.sentry_dsn.get_secret_value(), clean)]


def _sample(wanted: Settings, *, fresh: bool) -> None:
    """Make the made-up conference, unless it is there from before."""
    from bot.clock import Clock
    from bot.sample import folder
    from bot.sample.telling import story

    try:
        if folder.missing(wanted.data, fresh=fresh):
            with opening.bar(words("chat", "sample"), len(story().lines)) as advance:
                folder.make(wanted, Clock().now(), told=advance)
    except folder.Strange:
        raise Trouble("not_a_demo", folder=str(wanted.data)) from None
    except OSError as error:
        raise Trouble("folder", folder=str(wanted.data), reason=error.strerror or str(error)) from None


def _free(port: int) -> int:
    """That port, or 0 (any free one) where somebody has it."""
    import socket

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return 0
    return port


def _shown(address: str, data: Path, *, no_browser: bool) -> None:
    show("demo", address=address, folder=str(data))
    if not no_browser and _has_browser():
        import webbrowser

        webbrowser.open(address)


def _has_browser() -> bool:
    """Whether there is a screen for one; elsewhere one for terminals might take this terminal over."""
    import os
    import sys

    screen = sys.platform in {"darwin", "win32"} or bool({"DISPLAY", "WAYLAND_DISPLAY"} & set(os.environ))
    return screen and sys.stdout.isatty()


def serve(app: App, listening: Callable[[str], None]) -> None:
    """Deliver, tick and serve pages until Ctrl-C or SIGTERM; then finish what is in hand."""
    from bot import web
    from bot.stopping import Ending

    newer: list[str] = []
    ending = Ending(app.nothing_more, app.give_back)
    try:
        server = web.server(app, listening=listening, stopping=ending.begin)
    except PermissionError as refusal:
        raise Trouble("listen", reason=str(refusal)) from None
    figures = _figures(app)

    def sent_home(step: str) -> None:
        newer.append(step)
        ending.code = 1
        server.stop()

    app.presence.sent_home = sent_home
    # The server hands a signal on when it has stopped; by then it must not end the process at once.
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        with opening.troubles(app.database):
            app.start()
        gc.freeze()  # what is here stays; the collector would walk all of it in the middle of a morning's sweep
        server.run()
    except KeyboardInterrupt:
        pass
    except OSError as error:
        raise _taken(app.settings.web, error) from None
    finally:
        ending.begin()
        app.stop()
        ending.done()
        figures()
        signal.signal(signal.SIGTERM, before)
    if newer:
        raise Trouble("overtaken", step=newer[0])
    show("stopped")


def _figures(app: App) -> Callable[[], None]:
    """Give them to Prometheus from now on, if that is wanted; what is returned ends it."""
    if app.metrics is None:
        return lambda: None
    wanted = app.settings.metrics
    try:
        server = app.metrics.serve(wanted.host, wanted.port)
    except OSError as error:
        raise _taken(wanted, error) from None

    def end() -> None:
        server.shutdown()
        server.server_close()

    return end


def _taken(wanted: WebSettings | MetricsSettings, error: OSError) -> Trouble:
    return Trouble("port_taken", address=f"{wanted.host}:{wanted.port}", reason=error.strerror or str(error))


def _interrupt(_signal: int, _frame: Any) -> None:
    raise KeyboardInterrupt
