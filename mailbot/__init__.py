"""mailbot: a company's privacy mailbox that answers itself on time."""
