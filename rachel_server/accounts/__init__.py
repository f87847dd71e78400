"""Accounts, optional for playing: who they are, how they get in, how well they play.

Services over the store, without HTTP: each call is one transaction at most, and what a stranger may
do wrong comes back as an `AccountError`. Times are Unix times in seconds.
"""
