"""The terminal client of Rachel: full screens with Textual, and a plain dialogue of lines.

Knows ``rachel``, never ``rachel_server``: where to play is handed in by the command line.
"""
