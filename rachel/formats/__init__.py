"""The portable formats: snapshots, traces, logs and records of games."""
