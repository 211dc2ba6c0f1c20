"""Colleagues and the program talk by mail: warnings, letters that wait, and words by reply."""
