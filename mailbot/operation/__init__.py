"""Whether it works: signs of life, alarms, figures."""
