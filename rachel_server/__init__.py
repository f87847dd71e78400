"""The server: tables and the lobby, the journal, and the transports that carry frames to them."""
