"""What is kept on this machine: seats, logins, the player's name."""
