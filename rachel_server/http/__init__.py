"""HTTP beside RUBP: health, metrics and pages (design.md, Settings and Limits)."""
