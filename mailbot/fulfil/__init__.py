"""Carrying a request out: collect a person's data, make the copy, keep what the law keeps, forget the rest.

The rule kept here: what people decided is carried out in one unit of work; files of a person lie in the company's own
folder, readable by nobody else, and go when the case is closed.
"""
