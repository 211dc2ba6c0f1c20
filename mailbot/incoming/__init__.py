"""From the server to a recorded decision: what a mail says, which case it is. First step: `watching.take_in`."""
