"""``/api/v1``: lobby, accounts and history for programs, in JSON. Playing is RUBP's business."""
