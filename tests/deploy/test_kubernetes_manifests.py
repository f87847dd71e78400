"""The Kubernetes manifests against the schemas of Kubernetes itself."""

from typing import Any

import kubernetes_validate  # type: ignore[import-untyped]
import pytest
from deploy_files import containers, instruction, kubernetes_objects

OBJECTS = {f"{it['kind']} {it['metadata']['name']}": it for it in kubernetes_objects()}
DEPLOYMENT = OBJECTS["Deployment rachel"]["spec"]


@pytest.mark.parametrize("found", OBJECTS.values(), ids=OBJECTS)
@pytest.mark.parametrize("version", ["1.30", kubernetes_validate.latest_version()])
def test_manifest_is_valid(found: dict[str, Any], version: str) -> None:
    kubernetes_validate.validate(found, version, strict=True)


def test_never_two_servers_at_a_time() -> None:
    assert (DEPLOYMENT["replicas"], DEPLOYMENT["strategy"]) == (1, {"type": "Recreate"})


def test_probes_ask_what_they_are_for() -> None:
    [server] = DEPLOYMENT["template"]["spec"]["containers"]
    paths = {
        probe: server[probe]["httpGet"]["path"]
        for probe in ("startupProbe", "livenessProbe", "readinessProbe")
    }
    assert paths == {
        "startupProbe": "/health/live",
        "livenessProbe": "/health/live",
        "readinessProbe": "/health/ready",
    }
    ports = {it["name"]: it["containerPort"] for it in server["ports"]}
    assert sorted(ports.values()) == [int(port) for port in instruction("EXPOSE").split()]
    assert {server[probe]["httpGet"]["port"] for probe in paths} <= set(ports)


def test_services_lead_to_the_pod() -> None:
    template = DEPLOYMENT["template"]
    [server] = template["spec"]["containers"]
    names = {it["name"] for it in server["ports"]}
    found = [it["spec"] for it in OBJECTS.values() if it["kind"] == "Service"]
    assert len(found) == 2
    assert all(it["selector"] == template["metadata"]["labels"] for it in found)
    assert {port["targetPort"] for it in found for port in it["ports"]} == names
    [rule] = OBJECTS["Ingress rachel"]["spec"]["rules"]
    [path] = rule["http"]["paths"]
    backend = path["backend"]["service"]
    named = OBJECTS[f"Service {backend['name']}"]["spec"]["ports"]
    assert backend["port"]["name"] in {it["name"] for it in named}


def test_containers_are_one_image_and_cannot_do_much() -> None:
    found = list(containers())
    assert [it["name"] for it in found] == ["backup", "migrate", "rachel"]
    assert len({it["image"] for it in found}) == 1
    for it in found:
        assert it["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert it["envFrom"] == [{"secretRef": {"name": "rachel"}}]
    assert "Secret rachel" in OBJECTS


def test_they_run_as_the_image_does() -> None:
    user, group = map(int, instruction("USER").split(":"))
    jobs = OBJECTS["CronJob rachel-backup"]["spec"]["jobTemplate"]["spec"]
    for template in (DEPLOYMENT["template"], jobs["template"]):
        context = template["spec"]["securityContext"]
        assert context["runAsNonRoot"]
        assert (context["runAsUser"], context["runAsGroup"]) == (user, group)
