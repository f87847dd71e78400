"""How often somebody may do something, and what they hear when it was too often."""

from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from itertools import count
from pathlib import Path

import pytest
from aiohttp import web
from http_server import http_server

from rachel_server.core.limits import KEYS_MAX, RateLimit
from rachel_server.http.clients import Client
from rachel_server.http.limiting import limited
from rachel_server.http.pages import public
from rachel_server.http.rate_limits import REQUESTS, RateLimited, RateLimits

FEW = RateLimit("few", burst=3, per_minute=60)


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


def passed(limits: RateLimits, limit: RateLimit, key: str) -> Iterator[bool]:
    """Try for ever, and tell each time whether it was allowed."""
    for _ in count():
        try:
            limits.spend(limit, key)
            yield True
        except RateLimited:
            yield False


def test_burst_then_a_steady_rate() -> None:
    clock = Clock()
    attempts = passed(RateLimits(clock=clock), FEW, "ann")
    assert [next(attempts) for _ in range(5)] == [True, True, True, False, False]
    clock.time += 1.0
    assert [next(attempts) for _ in range(2)] == [True, False]
    clock.time += 3600.0
    assert [next(attempts) for _ in range(4)] == [True, True, True, False]


def test_keys_and_limits_are_apart() -> None:
    limits = RateLimits(clock=Clock())
    ann, bob = passed(limits, FEW, "ann"), passed(limits, FEW, "bob")
    assert [next(ann) for _ in range(4)] == [True, True, True, False]
    assert next(bob)
    assert next(passed(limits, RateLimit("other", burst=1, per_minute=1), "ann"))


def test_who_is_refused_hears_how_long_to_wait() -> None:
    clock = Clock()
    limits = RateLimits(clock=clock)
    limit = RateLimit("slow", burst=1, per_minute=2)
    limits.spend(limit, "ann")
    clock.time += 0.5
    with pytest.raises(RateLimited) as refused:
        limits.spend(limit, "ann")
    assert refused.value.headers == {"Retry-After": "30"}
    clock.time += 30
    limits.spend(limit, "ann")


def test_waiting_as_told_is_enough() -> None:
    clock = Clock()
    limits = RateLimits(clock=clock)
    odd = RateLimit("odd", burst=3, per_minute=7)
    for _ in range(odd.burst):
        limits.spend(odd, "ann")
    for _ in range(200):
        clock.time += 0.37
        with pytest.raises(RateLimited) as refused:
            limits.spend(odd, "ann")
        assert refused.value.headers is not None
        clock.time += int(refused.value.headers["Retry-After"])
        limits.spend(odd, "ann")


def test_memory_is_bounded_and_forgets_the_idle_first() -> None:
    limits = RateLimits(clock=Clock())
    flooder = passed(limits, FEW, "flooder")
    assert [next(flooder) for _ in range(4)] == [True, True, True, False]
    for number in range(3 * KEYS_MAX):
        limits.spend(FEW, f"address {number}")
        if number % (KEYS_MAX // 2) == 0:
            assert not next(flooder)
    assert len(limits._buckets[FEW.name]._left) == KEYS_MAX


def test_exempt_networks_are_not_limited() -> None:
    limits = RateLimits(exempt=[ip_network("192.0.2.0/24")], clock=Clock())
    known = Client(ip_address("192.0.2.7"), secure=False, local=False)
    stranger = Client(ip_address("198.51.100.7"), secure=False, local=False)
    for _ in range(FEW.burst):
        limits.spend_for(FEW, stranger)
        limits.spend_for(FEW, known)
    limits.spend_for(FEW, known)
    with pytest.raises(RateLimited):
        limits.spend_for(FEW, stranger)


async def test_too_many_requests(tmp_path: Path) -> None:
    async with http_server(tmp_path) as served:
        statuses = []
        while 429 not in statuses:
            answer = await served.ask("/nothing")
            statuses.append(answer.status)
            assert len(statuses) < 10 * REQUESTS.burst
        healthy = await served.ask("/health")
    assert len(statuses) > REQUESTS.burst
    assert set(statuses) == {404, 429}
    assert answer.headers["Retry-After"] == "1"
    assert '"error": "rate_limited"' in answer.text
    assert '"retry_after_s": 1' in answer.text
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert healthy.status == 200  # or the load balancer would take the server away


async def test_networks_that_the_host_names_are_not_limited(tmp_path: Path) -> None:
    here = (ip_network("127.0.0.0/8"),)
    async with http_server(tmp_path, unlimited_networks=here) as served:
        for _ in range(REQUESTS.burst + 50):
            assert (await served.ask("/nothing")).status == 404


async def test_forged_addresses_are_no_way_around(tmp_path: Path) -> None:
    async with http_server(tmp_path) as served:
        for number in range(10 * REQUESTS.burst):
            headers = {"X-Forwarded-For": f"192.0.2.{number % 256}"}
            if (await served.ask("/nothing", headers=headers)).status == 429:
                break
        else:
            pytest.fail("nobody counted")


async def test_clients_behind_a_trusted_proxy_count_one_by_one(tmp_path: Path) -> None:
    here = (ip_network("127.0.0.0/8"),)
    async with http_server(tmp_path, trusted_proxies=here) as served:
        for _ in range(10 * REQUESTS.burst):
            headers = {"X-Forwarded-For": "192.0.2.1"}
            if (await served.ask("/nothing", headers=headers)).status == 429:
                break
        else:
            pytest.fail("nobody counted")
        other = await served.ask("/nothing", headers={"X-Forwarded-For": "192.0.2.2"})
    assert other.status == 404


async def test_route_with_a_limit_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @limited(FEW)
    async def guarded(request: web.Request) -> web.StreamResponse:
        return web.Response(text="in")

    monkeypatch.setattr(public, "ROUTES", [web.get("/guarded", guarded)])
    async with http_server(tmp_path) as served:
        statuses = [(await served.ask("/guarded")).status for _ in range(5)]
        others = (await served.ask("/health")).status
    assert statuses == [200, 200, 200, 429, 429]
    assert others == 200
