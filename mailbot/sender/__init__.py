"""Who wrote a mail: machine or person, for whom, believed or not, known or not, and how sure we must be. Pure."""
