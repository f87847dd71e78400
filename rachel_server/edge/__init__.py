"""Where bytes come in and go out: transports, and the limits a stranger meets."""
