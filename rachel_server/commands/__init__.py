"""The commands for hosting."""
