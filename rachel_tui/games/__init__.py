"""Games that are over: their records, replays, turning points and what they add up to."""
