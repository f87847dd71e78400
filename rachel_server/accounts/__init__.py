"""Accounts, which nobody needs for playing: registration, sessions, passwords, ratings, history.

Services over the store, without HTTP. Each call writes in one transaction at most, and raises
`AccountError` for what a stranger may do wrong. Times are Unix times in seconds.
"""
