"""Alert rules ask for what a server really shows, and ring when they should."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from deploy_files import DEPLOY, GUIDE, documents
from deploy_tools import run
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

FILE = DEPLOY / "prometheus/rachel.rules.yml"
[DOCUMENT] = documents(FILE)
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


TARGET = 'job="rachel", instance="cards"'
GOOD = {
    f"up{{{TARGET}}}": "1x60",
    f"process_start_time_seconds{{{TARGET}}}": "1000x60",
    f"process_open_fds{{{TARGET}}}": "50x60",
    f"process_max_fds{{{TARGET}}}": "65536x60",
    f"rachel_database_up{{{TARGET}}}": "1x60",
    f"rachel_database_pool_in_use{{{TARGET}}}": "3x60",
    f"rachel_database_pool_size{{{TARGET}}}": "10x60",
    f'rachel_action_seconds_bucket{{by="player", le="0.005", {TARGET}}}': "0+600x60",
    f'rachel_action_seconds_bucket{{by="player", le="1", {TARGET}}}': "0+601x60",
    f'rachel_action_seconds_bucket{{by="player", le="+Inf", {TARGET}}}': "0+601x60",
    f'rachel_journal_commit_seconds_bucket{{le="0.005", {TARGET}}}': "0+600x60",
    f'rachel_journal_commit_seconds_bucket{{le="1", {TARGET}}}': "0+601x60",
    f'rachel_journal_commit_seconds_bucket{{le="+Inf", {TARGET}}}': "0+601x60",
    f'rachel_http_requests_total{{route="/", status="200", {TARGET}}}': "0+600x60",
    f'rachel_http_requests_total{{route="/", status="500", {TARGET}}}': "0+1x60",
    f'rachel_http_requests_total{{route="/health", status="503", {TARGET}}}': "0+60x60",
    f'rachel_rejected_frames_total{{reason="not_your_turn", {TARGET}}}': "0+60x60",
    f"rachel_dropped_bytes_total{{{TARGET}}}": "0+6400x60",
    f"rachel_last_backup_timestamp_seconds{{{TARGET}}}": "60x60",
    f'rachel_connections_turned_away_total{{reason="flood", {TARGET}}}': "0+2x60",
}
"""An hour in which all is well, by the minute: a value, and what it gains each time."""


def changed(name: str, values: str) -> dict[str, str]:
    """Return the hour with other values of the first series that has so begun a name."""
    series = next(series for series in GOOD if series.startswith(name))
    return GOOD | {series: values}


HOURS = [
    ([], GOOD),
    (["RachelDown"], changed("up", "1x20 0x40")),
    (["RachelDown"], {}),
    (["RachelCannotSave"], changed("rachel_database_up", "1x20 0x40")),
    (["RachelRestarts"], changed("process_start", "1000+60x60")),
    (["RachelSlowActions"], changed("rachel_action_seconds_bucket", "0+300x60")),
    (["RachelSlowCommits"], changed("rachel_journal_commit_seconds_bucket", "0+300x60")),
    (["RachelErrors"], changed('rachel_http_requests_total{route="/", status="5', "0+60x60")),
    (["RachelDatabasePoolFull"], changed("rachel_database_pool_in_use", "10x60")),
    (["RachelFilesRunOut"], changed("process_open_fds", "60000x60")),
    (["RachelStrangers"], changed("rachel_rejected_frames", "0+6000x60")),
    (["RachelStrangers"], changed("rachel_dropped_bytes", "0+600000x60")),
    (["RachelStrangers"], changed("rachel_connections_turned_away", "0+120x60")),
    (
        ["RachelStrangers"],
        GOOD
        | changed("rachel_rejected_frames", "0+6000x60")
        | changed("rachel_dropped_bytes", "0+600000x60"),
    ),
]


DAY_AND_MORE = {series: values.replace("x60", "x1740") for series, values in GOOD.items()}
CASES = [*((*hour, "55m") for hour in HOURS), (["RachelBackupOld"], DAY_AND_MORE, "28h")]


def test_each_alert_rings_once_for_its_own_reason(tmp_path: Path) -> None:
    assert {alert for rung, _, _ in CASES for alert in rung} == RULES.keys()
    tests = [
        {
            "name": ", ".join(rung) or "all is well",
            "interval": "1m",
            "input_series": [{"series": name, "values": it} for name, it in series.items()],
            # One sample, of the alert that rings: no other, and that one not twice.
            "promql_expr_test": [
                {
                    "expr": 'count by (alertname) (ALERTS{alertstate="firing"})',
                    "eval_time": at,
                    "exp_samples": [
                        {"labels": f'{{alertname="{alert}"}}', "value": 1} for alert in rung
                    ],
                }
            ],
        }
        for rung, series, at in CASES
    ]
    file = tmp_path / "alerts.json"
    file.write_text(json.dumps({"rule_files": [str(FILE)], "tests": tests}))  # JSON is YAML, too
    run("promtool", "test", "rules", file)


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
