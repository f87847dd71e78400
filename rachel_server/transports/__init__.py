"""Transports: bytes to the runtime and back, nothing else."""
