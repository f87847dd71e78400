"""Fakes of what a server stands on: time, network, disk and process.

They take the place of the event loop, of sockets and of the database below the real `House`,
`Runtime` and `Session`, so that whole evenings run in seconds of one thread, the same each time.
All chance comes from a `random.Random` that is passed in.
"""
