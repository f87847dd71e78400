"""The host as a state machine: lobby, tables, seats and clocks, without input or output."""
