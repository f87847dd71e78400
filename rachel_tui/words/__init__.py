"""What the table says to its player, in words."""
