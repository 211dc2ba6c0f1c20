"""Mailbot playing on made-up mail, without any server of the company."""
