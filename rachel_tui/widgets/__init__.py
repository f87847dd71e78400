"""What the screens are made of: each widget shows one thing and knows nothing of its siblings."""
