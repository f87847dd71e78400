"""What a server remembers: the schema, the journal that writes it and the queries that read it."""
