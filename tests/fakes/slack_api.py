"""Calls of the Web API: who may make them, and the methods about the app itself."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

from tests.fakes import slack_rooms, slack_talk, slack_windows
from tests.fakes.slack_methods import METHODS, Answer, Args, method
from tests.fakes.slack_state import APP_TOKEN, CLIENT, CLIENT_SECRET, Refusal, Team

if TYPE_CHECKING:
    from tests.fakes.slack import FakeSlack

TOKEN_SECONDS = 43_200
PARTS = (slack_rooms, slack_talk, slack_windows)
"""Their methods are registered as they are imported."""


def call(slack: FakeSlack, name: str, args: Args, token: str) -> Answer:
    """Raises ``Refusal``."""
    if name == "apps.connections.open":
        return _connection(slack, token)
    if name == "oauth.v2.access":
        return _access(slack, args, token)
    if name not in METHODS:
        raise Refusal("unknown_method", req_method=name)
    team, (scope, found) = _team(slack, token), METHODS[name]
    if scope and scope not in team.scopes:
        raise Refusal("missing_scope", needed=scope, provided=",".join(sorted(team.scopes)))
    return found(slack, team, args)


def _team(slack: FakeSlack, token: str) -> Team:
    if not token:
        raise Refusal("not_authed")
    team = next((team for team in slack.teams.values() if token in team.tokens), None)
    if team is None:
        raise Refusal("invalid_auth")
    ends = team.tokens[token]
    if ends is not None and ends <= slack.clock:
        raise Refusal("token_expired")
    return team


# --- the app itself


@method("auth.test")
def _test(slack: FakeSlack, team: Team, args: Args) -> Answer:
    return {
        "url": f"https://{team.id.casefold()}.slack.com/",
        "team": team.name,
        "team_id": team.id,
        "user": "huihou",
        "user_id": team.bot_user,
        "bot_id": team.bot_id,
        "is_enterprise_install": False,
    }


@method("auth.revoke")
def _revoke(slack: FakeSlack, team: Team, args: Args) -> Answer:
    team.tokens.clear()
    return {"revoked": True}


def _connection(slack: FakeSlack, token: str) -> Answer:
    if token != APP_TOKEN:
        raise Refusal("invalid_auth" if token.startswith("xapp-") else "not_allowed_token_type")
    return {"url": f"ws://{slack.address}/link?ticket={slack.id('t')}"}


def _access(slack: FakeSlack, args: Args, credentials: str) -> Answer:
    if credentials != "Basic " + b64encode(f"{CLIENT}:{CLIENT_SECRET}".encode()).decode():
        raise Refusal("bad_client_secret")
    if args.get("grant_type") == "refresh_token":
        team_id = slack.refresh_tokens.pop(str(args.get("refresh_token")), "")
        wrong = "invalid_refresh_token"
    else:
        team_id = slack.codes.pop(str(args.get("code")), "")
        wrong = "invalid_code"
    if not team_id:
        raise Refusal(wrong)
    team = slack.teams[team_id]
    return {
        "app_id": "A0001",
        "token_type": "bot",
        "scope": ",".join(sorted(team.scopes)),
        "bot_user_id": team.bot_user,
        "team": {"id": team.id, "name": team.name},
        "enterprise": None,
        "is_enterprise_install": False,
        "authed_user": {"id": next((user.id for user in slack.users.values() if user.team == team_id), "U1")},
        **_token(slack, team),
    }


def _token(slack: FakeSlack, team: Team) -> Answer:
    if not slack.rotating:
        return {"access_token": slack.add_token(team, f"xoxb-{team.id}-{slack.id('n')}")}
    token = slack.add_token(team, f"xoxe.xoxb-{team.id}-{slack.id('n')}", seconds=TOKEN_SECONDS)
    refresh = f"xoxe-1-{slack.id('r')}"
    slack.refresh_tokens[refresh] = team.id
    return {"access_token": token, "refresh_token": refresh, "expires_in": TOKEN_SECONDS}
