"""What a company's memory must say to be true: histories that fold, a chain that holds, also once it was moved.

The store itself (`mailbot.store`) keeps documents; what these documents must say is known here.
"""
