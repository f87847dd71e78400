"""One player's side of a connection, without the connection."""
