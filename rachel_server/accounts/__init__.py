"""Accounts, which are optional: registration, sessions, passwords, history, leaderboard.

Services over the store, without HTTP. Each call writes in one transaction at most, and raises
`AccountError` for what a stranger may do wrong. Times are Unix times in seconds.
"""
