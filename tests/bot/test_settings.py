"""The settings, and the tables of them in docs/operating.md."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from bot.secret_files import FromFiles, Unread
from bot.sections import EmailSettings, WecomApp, WecomSettings
from bot.settings import Fault, Settings, described, fault, given, is_read, is_secret, secrets

OPERATING = Path(__file__).parents[2] / "docs" / "operating.md"


def table(language: str) -> list[tuple[str, str, str]]:
    """The rows of one language's table: name, default, what for."""
    text = OPERATING.read_text(encoding="utf-8")
    found = re.search(rf"<!-- settings: {language} -->\n(.*?)<!-- end -->", text, re.DOTALL)
    assert found is not None
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in found[1].splitlines()[2:]]
    return [(name.strip("`"), default.strip("`"), words) for name, default, words in rows]


def test_the_english_table_is_what_the_settings_say() -> None:
    assert table("en") == list(described())


def test_the_chinese_table_has_the_same_settings_and_defaults() -> None:
    assert [row[:2] for row in table("zh")] == [row[:2] for row in described()]
    assert all(re.search("[一-鿿]", words) for _, _, words in table("zh"))


def test_every_setting_says_what_it_is_for() -> None:
    assert all(words.endswith(".") for _, _, words in described())


@pytest.mark.parametrize(("name", "value", "given"), [("DATA", "/srv", "data"), ("WEB__PORT", "9", "web.port")])
def test_a_setting_is_read_from_the_name_in_the_table(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, given: str
) -> None:
    monkeypatch.setenv(f"HUIHOU_{name}", value)
    found: object = Settings(_env_file=None)
    for part in given.split("."):
        found = getattr(found, part)
    assert str(found) == value


def test_an_association_in_wecom_is_named_in_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUIHOU_WECOM__APPS__MAIN__HOOKS__TEAM_1", "key")
    found = Settings(_env_file=None).wecom.apps["main"].hooks["team_1"]
    assert found.get_secret_value() == "key"
    assert is_read("HUIHOU_WECOM__APPS__MAIN__HOOKS__TEAM_1")
    assert is_read("HUIHOU_WECOM__APPS__MAIN__HOOKS__年会群")
    assert not is_read("HUIHOU_WECOM__APPS__MAIN__HOKS__TEAM_1")


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"FILES__CLAMD": "localhost"}, Fault("HUIHOU_FILES__CLAMD", "", "daemon")),
        ({"FILES__CLAMD": "tcp://localhost:3310"}, Fault("HUIHOU_FILES__CLAMD", "", "daemon")),
        ({"FILES__SCAN_COMMAND": "scan 'it"}, Fault("HUIHOU_FILES__SCAN_COMMAND", "", "command")),
        (
            {"FILES__SCAN_COMMAND": "scan", "FILES__CLAMD": "/run/clamd"},
            Fault("HUIHOU_FILES__CLAMD", "", "both", ("HUIHOU_FILES__SCAN_COMMAND",)),
        ),
        ({"S3__ENDPOINT": "minio:9000", "S3__BUCKET": "b"}, Fault("HUIHOU_S3__ENDPOINT", "", "address")),
        ({"S3__ENDPOINT": "http://minio:9000"}, Fault("HUIHOU_S3__ENDPOINT", "", "needs", ("HUIHOU_S3__BUCKET",))),
        ({"S3__KEY_ID": "k", "S3__BUCKET": "b"}, Fault("HUIHOU_S3__KEY_ID", "", "needs", ("HUIHOU_S3__SECRET",))),
        ({"S3__SECRET": "s", "S3__BUCKET": "b"}, Fault("HUIHOU_S3__SECRET", "", "needs", ("HUIHOU_S3__KEY_ID",))),
    ],
)
def test_what_cannot_be_meant_for_files_is_named(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], found: Fault
) -> None:
    for variable, value in given.items():
        monkeypatch.setenv(f"HUIHOU_{variable}", value)
    with pytest.raises(ValidationError) as refused:
        Settings(_env_file=None)
    assert [fault(error) for error in refused.value.errors()] == [found]


def test_the_secret_of_a_bucket_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"BUCKET": "b", "KEY_ID": "k", "SECRET": "geheim-123", "PREFIX": "/conf/"}.items():
        monkeypatch.setenv(f"HUIHOU_S3__{name}", value)
    found = Settings(_env_file=None)
    assert "geheim-123" in secrets(found)
    assert "geheim-123" not in repr(found)
    assert (found.s3.on, found.s3.prefix) == (True, "conf")


@pytest.mark.parametrize(
    ("given", "kind", "name", "choices"),
    [
        ({"MAIN__SECRET": "s"}, "needs", "MAIN__SECRET", ("MAIN__CORP_ID", "MAIN__AGENT_ID")),
        ({"MAIN__BOT_ID": "b"}, "needs", "MAIN__BOT_ID", ("MAIN__BOT_SECRET",)),
        ({"MAIN__CORP_ID": "ww1"}, "needs", "MAIN__CORP_ID", ("MAIN__SECRET",)),
        ({"MAIN__AES_KEY": "too short"}, "aes_key", "MAIN__AES_KEY", ()),
    ],
)
def test_what_wecom_needs_is_named(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], kind: str, name: str, choices: tuple[str, ...]
) -> None:
    start = "HUIHOU_WECOM__APPS__"
    for variable, value in given.items():
        monkeypatch.setenv(start + variable, value)
    with pytest.raises(ValidationError) as refused:
        Settings(_env_file=None)
    expected = Fault(start + name, "", kind, tuple(start + choice for choice in choices))
    assert [fault(error) for error in refused.value.errors()] == [expected]


SLACK = {"client_id": "1.2", "client_secret": "s", "token_key": "A" * 43 + "=", "app_token": "xapp-1"}


def test_slack_reaches_the_bot_where_people_do_unless_it_is_told_otherwise() -> None:
    given: dict[str, Any] = {"public_url": "https://bot.example.org/", "slack": SLACK}
    found = Settings(_env_file=None, **given)
    assert (found.public_url, found.slack.public_url) == ("https://bot.example.org",) * 2
    given["slack"] = {**SLACK, "public_url": "https://slack.example.org"}
    assert Settings(_env_file=None, **given).slack.public_url == "https://slack.example.org"


@pytest.mark.parametrize(
    "url", ["bot.example.org", "http://bot.example.org", "https://a b", "https://a/?x", "https://a/b"]
)
def test_what_is_no_address_is_named_once(url: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings.model_validate({"public_url": url, "slack": {"app_token": "xapp-1"}})
    assert [fault(error) for error in refused.value.errors()] == [Fault("HUIHOU_PUBLIC_URL", "", "address")]


@pytest.mark.parametrize("url", ["ws://example.org", "https://example.org", "ws://127.0.0.1.example.org", "wss://"])
def test_a_bots_secret_leaves_this_computer_only_encrypted(url: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings.model_validate({"wecom": {"bot_url": url}})
    assert [fault(error) for error in refused.value.errors()] == [Fault("HUIHOU_WECOM__BOT_URL", "", "socket")]


def test_no_secret_of_wecom_is_overlooked() -> None:
    app = WecomApp.model_validate({"bot_id": "b", "bot_secret": "of the bot", "hooks": {"team": "of the group"}})
    assert {"of the bot", "of the group"} <= set(
        secrets(Settings(_env_file=None, wecom=WecomSettings(apps={"a": app})))
    )


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"HOST": "mail.example.org"}, Fault("HUIHOU_EMAIL__HOST", "", "needs", ("HUIHOU_EMAIL__SENDER",))),
        (
            {"USER": "office"},
            Fault("HUIHOU_EMAIL__USER", "", "needs", ("HUIHOU_EMAIL__PASSWORD", "HUIHOU_EMAIL__HOST")),
        ),
        ({"PASSWORD": "secret"}, Fault("HUIHOU_EMAIL__PASSWORD", "", "needs", ("HUIHOU_EMAIL__USER",))),
        ({"SENDER": "the office"}, Fault("HUIHOU_EMAIL__SENDER", "", "mail")),
        ({"SENDER": "office@example.org\nBcc: x@y.z"}, Fault("HUIHOU_EMAIL__SENDER", "", "mail")),
        ({"REPLY_TO": "@example.org"}, Fault("HUIHOU_EMAIL__REPLY_TO", "", "mail")),
        (
            {"HOST": "m", "SENDER": "a@b.c", "USER": "u", "PASSWORD": "p", "TLS": "none"},
            Fault("HUIHOU_EMAIL__USER", "", "open", ("HUIHOU_EMAIL__TLS",)),
        ),
    ],
)
def test_what_cannot_be_meant_for_mail_is_named(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], found: Fault
) -> None:
    for variable, value in given.items():
        monkeypatch.setenv(f"HUIHOU_EMAIL__{variable}", value)
    with pytest.raises(ValidationError) as caught:
        Settings(_env_file=None)
    assert [fault(dict(error)) for error in caught.value.errors()] == [found]


def test_a_mail_servers_port_follows_from_how_it_is_guarded() -> None:
    assert EmailSettings(host="m", sender="a@b.c").at_port == 587
    assert EmailSettings(host="m", sender="a@b.c", tls="tls").at_port == 465
    assert EmailSettings(host="m", sender="a@b.c", tls="none", port=2525).at_port == 2525


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("DATABASE_URL", "database_url"),
        ("WEB__SECRET", "web.secret"),
        ("S3__SECRET", "s3.secret"),
        ("EMAIL__PASSWORD", "email.password"),
        ("SLACK__SIGNING_SECRET", "slack.signing_secret"),
    ],
)
def test_a_secret_may_stand_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, given: str) -> None:
    (tmp_path / "secret").write_text("sqlite:///from a file, of forty characters\n", encoding="utf-8")
    monkeypatch.setenv(f"HUIHOU_{name}_FILE", str(tmp_path / "secret"))
    read: Any = FromFiles(Settings, is_secret)()
    for part in given.split("."):
        read = read[part]
    assert read == "sqlite:///from a file, of forty characters"
    assert is_read(f"HUIHOU_{name}_FILE")


def test_a_secret_of_a_named_part_may_stand_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "hook").write_text("key", encoding="utf-8")
    monkeypatch.setenv("HUIHOU_WECOM__APPS__MAIN__HOOKS__TEAM_FILE", str(tmp_path / "hook"))
    found = Settings(_env_file=None).wecom.apps["main"].hooks["team"]
    assert found.get_secret_value() == "key"


def test_the_file_of_a_secret_may_be_named_in_dot_env(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret").write_text("of more than thirty-two characters\n", encoding="utf-8")
    (tmp_path / ".env").write_text(f"HUIHOU_WEB__SECRET_FILE={tmp_path}/secret\nHUIHOU_ZNE=x\nPATH_OF=y\n", "utf-8")
    assert Settings().web.secret.get_secret_value() == "of more than thirty-two characters"
    assert {"HUIHOU_WEB__SECRET_FILE", "HUIHOU_ZNE"} <= given()
    assert not any(name.startswith("PATH") for name in given())


def test_every_secret_may_stand_in_a_file_and_nothing_else() -> None:
    fields = {name for name, _, _ in described()}
    secret = {name for name in fields if is_secret(name)}
    assert {"HUIHOU_DATABASE_URL", "HUIHOU_SLACK__TOKEN_KEY", "HUIHOU_WECOM__APPS__NAME__SECRET"} <= secret
    assert not {"HUIHOU_ZONE", "HUIHOU_DATA", "HUIHOU_EMAIL__HOST"} & secret
    assert all(is_read(f"{name}_FILE") == (name in secret) for name in fields)


def test_a_secret_that_is_given_twice_or_not_to_be_read_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HUIHOU_WEB__SECRET_FILE", str(tmp_path / "none"))
    with pytest.raises(Unread) as missing:
        Settings(_env_file=None)
    assert (missing.value.name, missing.value.path) == ("HUIHOU_WEB__SECRET_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("HUIHOU_WEB__SECRET", "x" * 32)
    with pytest.raises(Unread) as twice:
        Settings(_env_file=None)
    assert twice.value.path == ""
