"""A bot at a host's table."""
