"""What can be found out about a company before it is set up: its mail servers, and what its policy says of itself.

The rule kept here: everything is a proposal with its source beside it; a person confirms each before it is written.
"""
