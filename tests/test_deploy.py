"""What is given for running several bots: that it fits together, and fits the program."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.masking import masked
from bot.settings import is_read

ROOT = Path(__file__).parents[1]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
KUBERNETES: dict[str, Any] = {
    one["kind"]: one for one in yaml.safe_load_all((ROOT / "deploy/kubernetes.yaml").read_text(encoding="utf-8"))
}
NGINX = (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8")
OUTSIDE = {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD"}


def test_every_variable_is_a_setting() -> None:
    services = COMPOSE["services"].values()
    given = {name for service in services for name in service.get("environment", {})}
    pod = KUBERNETES["Deployment"]["spec"]["template"]["spec"]
    given |= {one["name"] for one in pod["containers"][0]["env"]}
    given |= set(re.findall(r"--from-literal=(HUIHOU_\w+)", (ROOT / "deploy/kubernetes.yaml").read_text("utf-8")))
    assert {name for name in given - OUTSIDE if not is_read(name)} == set()


def test_compose_runs_two_bots_after_the_upgrade_and_only_the_proxy_is_reached() -> None:
    services = COMPOSE["services"]
    assert services["bot"]["deploy"]["replicas"] == 2
    assert services["bot"]["depends_on"]["upgrade"]["condition"] == "service_completed_successfully"
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    file = services["proxy"]["volumes"][0].partition(":")[0]
    assert (ROOT / file).read_text(encoding="utf-8") == NGINX
    assert services["bot"]["read_only"] is True


def test_in_kubernetes_nobody_has_rights_and_one_release_follows_another_without_a_gap() -> None:
    spec = KUBERNETES["Deployment"]["spec"]
    pod = spec["template"]["spec"]
    assert spec["replicas"] == 2
    assert spec["strategy"] == {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}}
    assert pod["initContainers"][0]["command"] == ["huihou", "db", "upgrade"]
    assert pod["initContainers"][0]["image"] == pod["containers"][0]["image"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    for container in [*pod["initContainers"], *pod["containers"]]:
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert KUBERNETES["PodDisruptionBudget"]["spec"]["minAvailable"] == 1


def test_in_kubernetes_all_parts_name_the_same_pods_and_ports() -> None:
    labels = KUBERNETES["Deployment"]["spec"]["template"]["metadata"]["labels"]
    container = KUBERNETES["Deployment"]["spec"]["template"]["spec"]["containers"][0]
    assert KUBERNETES["Service"]["spec"]["selector"] == labels
    assert KUBERNETES["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"] == labels
    ports = {port["name"] for port in container["ports"]}
    assert KUBERNETES["Service"]["spec"]["ports"][0]["targetPort"] in ports
    probes = {container[f"{name}Probe"]["httpGet"]["path"] for name in ("startup", "liveness", "readiness")}
    assert probes == {"/healthz", "/readyz"}


def test_the_proxy_holds_nothing_back_and_takes_the_largest_file() -> None:
    assert "proxy_buffering off;" in NGINX
    assert "client_max_body_size 500m;" in NGINX


def test_no_address_that_stands_for_a_person_is_in_the_proxys_log() -> None:
    hidden = re.findall(r"~(\S+)\s+0;", NGINX)
    pages = {"form", "upload", "archive", "export", "twins", "unsubscribe", "wecom/main/enter"}
    for page in pages:
        address = f"/{page}/0123456789abcdef0123"
        assert any(re.search(pattern, address) for pattern in hidden), address
        assert "0123456789abcdef" not in masked(f"GET {address}")
    assert not any(re.search(pattern, "/static/form/") for pattern in hidden)
    form = re.search(r"log_format bare '(.*)';", NGINX)
    assert form is not None
    assert "referer" not in form[1].lower()
    assert "access_log /dev/stdout bare if=$worth_a_line;" in NGINX


@pytest.mark.skipif(shutil.which("nginx") is None, reason="no nginx on this machine")
def test_nginx_understands_it(tmp_path: Path) -> None:
    file = tmp_path / "nginx.conf"
    head = f"pid {tmp_path}/pid; error_log {tmp_path}/log; events {{}} http {{ include {ROOT}/deploy/nginx.conf; }}\n"
    file.write_text(head, encoding="utf-8")
    done = subprocess.run(["nginx", "-t", "-c", str(file)], capture_output=True, text=True, check=False)  # noqa: S603, S607
    assert done.returncode == 0, done.stderr
