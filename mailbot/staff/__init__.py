"""Colleagues and the program talk by mail: warnings, letters that wait, words by reply, what they sent themselves."""
