"""The commands of those who host."""
