"""HTTP beside RUBP: health, metrics, the API and pages."""
