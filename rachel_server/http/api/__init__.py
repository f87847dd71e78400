"""``/api/v1``: lobby, accounts and history for programs, in JSON. Games are played over RUBP."""
