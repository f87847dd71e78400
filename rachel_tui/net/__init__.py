"""Connections to hosts: games over RUBP, accounts over HTTP."""
