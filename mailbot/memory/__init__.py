"""What is done with a company's memory as a whole: checked, put away by year, moved, restored, brought up to date.

The store itself (`mailbot.store`) keeps documents; what these documents must say to be true is known here.
"""
