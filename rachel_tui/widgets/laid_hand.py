"""A hand of cards, drawn: faces side by side, their upper ends in rows, or a line for each."""

from typing import Final

from textual.content import Content

from rachel_tui.widgets.card_faces import CardLook, face_lines, face_marks, line_content
from rachel_tui.widgets.hand_layout import EDGE_STEP, ROWS_OF_FACES, CardSize, HandLayout
from rachel_tui.words.picking import Picking

LABELS: Final = "1234567890ABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""The keys that put the caret on the first card, the second, and so on."""


def hand_looks(picking: Picking) -> list[CardLook]:
    """Return how each card looks."""
    playable, addable = picking.playable, picking.addable
    return [
        CardLook(
            card,
            fits=card in playable,
            adds=card in addable,
            faint=picking.public is not None
            and card not in playable | addable
            and card not in picking.picked,
            caret=index == picking.caret,
            order=picking.picked.index(card) + 1 if card in picking.picked else 0,
            label=LABELS[index] if index < len(LABELS) else "",
        )
        for index, card in enumerate(picking.hand)
    ]


def hand_rows(picking: Picking, layout: HandLayout, *, letters: bool) -> list[Content]:
    """Return a hand as it is laid out, with the ``letters`` of suits or without."""
    looks = hand_looks(picking)
    if layout.size in ROWS_OF_FACES:
        return _rows_of_faces(looks, layout, letters)
    draw = _lines if layout.size is CardSize.LINE else _faces
    return draw(looks, layout, letters)


def _faces(looks: list[CardLook], layout: HandLayout, letters: bool) -> list[Content]:
    """Return the rows of faces side by side; picked ones stand a row higher."""
    rows = [Content(" " * layout.left) for _ in range(layout.size.rows)]
    for index, look in enumerate(looks):
        width = layout.size.width if index == len(looks) - 1 else layout.step
        spread = layout.step >= layout.size.width
        face = face_lines(look, layout.size, spread=spread, letters=letters)
        gap = Content(" " * layout.size.width)
        column = [*face, gap] if look.order else [gap, *face]
        for row, piece in enumerate(column):
            rows[row] += piece[:width]
        rows[-1] += face_marks(look, width)
    return rows


def _rows_of_faces(looks: list[CardLook], layout: HandLayout, letters: bool) -> list[Content]:
    """Return rows of the upper ends of faces; the number of a picked one stands below it."""
    rows = []
    height, step = layout.size.height, layout.step
    for start in range(0, layout.rows * layout.per_row, layout.per_row):
        pieces = [Content(" " * layout.left) for _ in range(height + 1)]
        cards = looks[start : start + layout.per_row]
        for look in cards:
            face = face_lines(look, CardSize.SMALL, spread=False, letters=letters)
            # A small face's frame, rank and suit; EDGE shows no frame.
            for piece, line in enumerate(
                face[CardSize.HALF.height - height : CardSize.HALF.height]
            ):
                ends = look is cards[-1] and step > EDGE_STEP
                pieces[piece] += line[: step - 1] + line[-1:] if ends else line[:step]
            pieces[-1] += face_marks(look, step, numbered=True)
        rows += pieces
    return rows


def _lines(looks: list[CardLook], layout: HandLayout, letters: bool) -> list[Content]:
    """Return the visible rows of one-line cards, with arrows where further rows are."""
    rows = []
    for row in range(layout.first_row, layout.first_row + layout.rows):
        cards = looks[row * layout.per_row : (row + 1) * layout.per_row]
        content = Content.assemble(
            " " * layout.left, *(line_content(card, letters=letters) for card in cards)
        )
        used = layout.left + layout.per_row * layout.size.width
        rows.append(content.pad_right(used - content.cell_length))
    if layout.first_row:
        rows[0] += Content.styled(" ↑", "bold $caret")
    if layout.hidden_below:
        rows[-1] += Content.styled(" ↓", "bold $caret")
    return rows
