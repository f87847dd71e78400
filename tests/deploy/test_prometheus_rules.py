"""Alert rules ask for what a server really shows."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from deploy_files import DEPLOY, GUIDE, documents
from http_server import http_server
from postgres_server import PostgresServer
from prometheus_client.parser import text_string_to_metric_families
from promql_parser import (
    AggregateExpr,
    BinaryExpr,
    Call,
    Expr,
    MatrixSelector,
    ParenExpr,
    VectorSelector,
    parse,
)

from rachel_server.ops.secrets import Secret

[DOCUMENT] = documents(DEPLOY / "prometheus/rachel.rules.yml")
RULES = {rule["alert"]: rule for group in DOCUMENT["groups"] for rule in group["rules"]}
PROMETHEUS_OWN = {"up", "job"}


def selectors(expression: Expr) -> Iterator[VectorSelector]:
    """Yield everything that an expression selects."""
    match expression:
        case VectorSelector():
            yield expression
        case MatrixSelector():
            yield expression.vector_selector
        case BinaryExpr():
            yield from selectors(expression.lhs)
            yield from selectors(expression.rhs)
        case AggregateExpr() | ParenExpr():
            yield from selectors(expression.expr)
        case Call():
            for argument in expression.args:
                yield from selectors(argument)


async def shown(tmp_path: Path, postgres: PostgresServer, database: str) -> dict[str, set[str]]:
    """Return the names on a server's page, each with its labels as far as there are samples."""
    url = Secret(postgres.url(database))
    async with http_server(tmp_path, database_url=url) as served:
        await served.ask("/health")
        page = (await served.ask("/metrics")).text
    names: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(page):
        if family.type == "counter":  # those that have counted nothing yet show only their names
            names[f"{family.name}_total"] = set()
        for sample in family.samples:
            names.setdefault(sample.name, set()).update(sample.labels)
    return names


async def test_every_metric_and_label_exists(
    tmp_path: Path, postgres: PostgresServer, migrated_postgres: str
) -> None:
    with postgres.database(migrated_postgres) as database:
        there = await shown(tmp_path, postgres, database)
    for alert, rule in RULES.items():
        found = list(selectors(parse(rule["expr"])))
        assert found, alert
        for selector in found:
            assert selector.name in there or selector.name in PROMETHEUS_OWN, alert
            asked = {matcher.name for matcher in selector.matchers.matchers}
            labels = there.get(selector.name or "", set())
            assert asked <= labels | PROMETHEUS_OWN, alert


@pytest.mark.parametrize("alert", RULES)
def test_guide_says_what_to_do(alert: str) -> None:
    assert alert in GUIDE.read_text().partition("## Monitoring")[2].partition("\n## ")[0]
    assert RULES[alert]["labels"]["severity"] in {"page", "warn"}
    assert RULES[alert]["annotations"]["summary"]


def test_rules_and_scrape_agree_on_the_job() -> None:
    [settings] = documents(DEPLOY / "prometheus/prometheus.yml")
    assert settings["rule_files"] == ["rachel.rules.yml"]
    [scrape] = settings["scrape_configs"]
    jobs = {
        matcher.value
        for rule in RULES.values()
        for selector in selectors(parse(rule["expr"]))
        for matcher in selector.matchers.matchers
        if matcher.name == "job"
    }
    assert jobs == {scrape["job_name"]}
