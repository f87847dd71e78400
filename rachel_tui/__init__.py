"""The terminal client of Rachel: full screens with Textual, and a plain dialogue of lines.

It imports ``rachel`` and never ``rachel_server``: the command `rachel play` says where to play.
"""
