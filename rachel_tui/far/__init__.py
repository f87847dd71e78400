"""Terminals at the other end of a line: what they can show, screens and lines on them."""
