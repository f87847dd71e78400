"""Hashing of passwords: argon2id, in threads, few at once."""

import asyncio
from collections.abc import AsyncIterator

import argon2
import pytest

from rachel_server.accounts.errors import AccountError, AccountErrorCode
from rachel_server.accounts.passwords import Passwords


@pytest.fixture
async def passwords() -> AsyncIterator[Passwords]:
    """Make what hashes passwords."""
    made = Passwords()
    yield made
    made.close()


async def test_a_hash_fits_its_password_alone(passwords: Passwords) -> None:
    stored = await passwords.hash("correct horse battery")
    parameters = argon2.extract_parameters(stored)
    assert parameters.type is argon2.Type.ID
    assert (parameters.memory_cost, parameters.time_cost) == (19 * 1024, 2)
    assert await passwords.is_right("correct horse battery", stored)
    assert not await passwords.is_right("correct horse batterY", stored)
    assert not await passwords.is_right("", stored)
    assert await passwords.hash("correct horse battery") != stored


async def test_nobodys_password_is_never_right(passwords: Passwords) -> None:
    assert not await passwords.is_right("", None)
    assert not await passwords.is_right("correct horse battery", None)


@pytest.mark.parametrize("stored", ["", "plain text", "$argon2id$v=19$m=64,t=1,p=1$AAAA"])
async def test_what_is_no_hash_fits_nothing(passwords: Passwords, stored: str) -> None:
    assert not await passwords.is_right("correct horse battery", stored)


async def test_accents_are_the_same_however_they_are_typed(passwords: Passwords) -> None:
    stored = await passwords.hash("Bl\u00fcten-Caf\u00e9s")
    assert await passwords.is_right("Blu\u0308ten-Cafe\u0301s", stored)


async def test_a_password_is_not_cut_where_it_still_counts(passwords: Passwords) -> None:
    stored = await passwords.hash("x" * 128)
    assert await passwords.is_right("x" * 128, stored)
    for length in (127, 129, 500):
        assert not await passwords.is_right("x" * length, stored)


async def test_when_too_many_wait_the_rest_is_sent_away(passwords: Passwords) -> None:
    calls = [passwords.is_right("correct horse battery", None) for _ in range(70)]
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert outcomes.count(False) == 64
    busy = [it.code for it in outcomes if isinstance(it, AccountError)]
    assert busy == [AccountErrorCode.BUSY] * 6
    assert not await passwords.is_right("correct horse battery", None), "there is room again"
