"""A company's memory is kept safe: copied and proved, put back, put away by year, handed over to whoever takes over.

The rule kept here: no copy counts that was not proved, and nothing at this place changes for a copy's sake.
"""
