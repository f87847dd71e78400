"""The tools' commands: simulate, replay, verify."""
